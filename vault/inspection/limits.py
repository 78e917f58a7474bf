"""How much work one attachment may cause. Every number here ends in a sentence for the author."""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

MAX_FILE: Final = 50 * MIB
PIECE: Final = 64 * KIB  # what is in memory at a time; also the size of a sealed chunk

# One inspection may read this much in all, however often it goes over the file and whatever
# it unpacks on the way. The worst honest file (a full spreadsheet) needs about a third of it.
MAX_READ: Final = 1024 * MIB
MAX_STEPS: Final = 400_000  # segments, chunks, boxes, archive entries

# A 108-megapixel telephone passes; a 50,000-pixel side does not, whatever its area.
MAX_SIDE: Final = 20_000
MAX_PIXELS: Final = 120_000_000
MAX_FRAMES: Final = 2_000
MAX_FRAME_PIXELS: Final = 2_000_000_000  # all frames of an animation together
MAX_SCANS: Final = 200  # of a progressive JPEG: each costs the reader one pass over the picture

MAX_ENTRIES: Final = 2_000
MAX_UNPACKED: Final = 200 * MIB
# Tables of numbers pack 30 to 60 times; deflate can reach 1,032, which only bombs come near.
MAX_RATIO: Final = 150
RATIO_FROM: Final = 4 * MIB  # below this a high ratio is harmless
MAX_DEPTH: Final = 2  # a ZIP file may hold a document, which may hold a picture or a workbook
MAX_ENTRY_NAME: Final = 240

MAX_CONTROL_PART: Final = MIB  # relationships, content types, manifests: read whole
MAX_XML_TOKEN: Final = 512 * KIB
MAX_XML_DEPTH: Final = 200
MAX_XML_NAMES: Final = 5_000

MAX_PDF_UNPACKED: Final = 64 * MIB  # what the compressed object streams of one PDF may unpack to
