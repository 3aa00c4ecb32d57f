"""What `segkit lab` and `segkit app` ask of JupyterLab, its server and Voilà: settings in files that they read, and what those name."""
