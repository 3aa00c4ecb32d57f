"""What `segkit lab` asks of JupyterLab and its server: settings in files that they read, and the class that one of them names."""
