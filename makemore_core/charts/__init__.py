"""Readings to plotly figures, for pages, notebooks and whoever else wants to look."""

# plotly looks for pandas among the modules that are loaded; one that another thread is just loading would break it
import pandas as pandas
