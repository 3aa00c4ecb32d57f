"""The data side: files and frames in, one checked Dataset out; nothing here knows what a segment says."""
