"""Configure JupyterLab, Jupyter Server and Voilà for `segkit lab` and `segkit app`, with settings files and the code that they use."""
