"""Eject: a run or a preset as a PyTorch script, or a notebook, that stands on its own and gives the same losses."""

from makemore_core.eject.ejected import Ejected, eject_preset, eject_run, eject_settings

__all__ = ["Ejected", "eject_preset", "eject_run", "eject_settings"]
