"""Load segments from YAML files. `Segment.to_yaml` and `Segment.from_yaml` define the format."""

from pathlib import Path

from segkit.definition.segment import Segment, read_segment
from segkit.errors import DataError, DefinitionError
from segkit.given_paths import file_there, there
from segkit.masking import masked_text

LARGEST = 2**22
"""The maximum size of a file in bytes. `read_yaml` limits the number of characters."""

ENDINGS = (".yaml", ".yml")


def load_segments(path: str | Path) -> list[Segment]:
    """Load the segments in a folder, or the segment in a single file.

    Each .yaml or .yml file in a folder has one segment. The segments are in the order of the file names. Subfolders, and files with
    names that start with a dot, are skipped.

    Args:
        path: a folder, or a file with any extension. Files are UTF-8, with or without a byte-order mark.

    Raises:
        DataError: the folder or file does not exist or can't be read.
        DefinitionError: the folder has no such file, files have faults, or two segments have the same name. The message lists
            all faults in all files, each with its line and path.

    >>> import tempfile
    >>> from segkit.definition.phrases import can_receive
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "all.yaml").write_text(Segment("All", can_receive("sms")).to_yaml(), encoding="utf-8")
    ...     [segment.name for segment in load_segments(folder)]
    ['All']
    """
    path = there(path, "The segments")
    read: dict[str, Segment] = {}
    files: dict[str, str] = {}
    faults: list[str] = []
    for file in _files(path):
        try:
            segment, file_faults = read_segment(
                file_there(file, "A segment", largest=LARGEST).read_text(encoding="utf-8-sig")
            )
        except UnicodeDecodeError as error:
            faults.append(
                f"{masked_text(file.name)}, byte {error.start + 1:,}: This is not UTF-8. Save the file in that encoding."
            )
            continue
        except OSError as error:
            raise DataError.unreadable_file(file, error.strerror or type(error).__name__) from None
        faults += [f"{masked_text(file.name)}, {fault}" for fault in file_faults]
        if segment is not None and segment.name in read:
            faults.append(
                f"{masked_text(file.name)}: {DefinitionError.one_name_twice(segment.name)} The other is {masked_text(files[segment.name])}."
            )
        elif segment is not None:
            read[segment.name], files[segment.name] = segment, file.name
    if faults:
        raise DefinitionError.unreadable_text(faults)
    return list(read.values())


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    inside = sorted(path.iterdir(), key=lambda file: file.name)
    files = [
        file
        for file in inside
        if file.suffix.lower() in ENDINGS and not file.name.startswith(".") and not file.is_dir()
    ]
    if not files:
        raise DefinitionError.no_segment_files(path, [file.name for file in inside])
    return files
