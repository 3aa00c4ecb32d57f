"""Configure JupyterLab, Jupyter Server and Voilà for `segkit lab` and `segkit app`, by settings files and the code that they use."""
