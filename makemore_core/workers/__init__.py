"""Where runs train besides this process: processes of this machine, and a Ray cluster."""
