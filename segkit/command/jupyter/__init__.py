"""Configure JupyterLab, Jupyter Server and Voilà for `segkit lab` and `segkit app`: settings files, and the code that they name."""
