"""The sentences of the inspection, for authors. Places in braces take the words of `kinds`."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vault.inspection.verdict import NoteCode, Reason

REFUSALS: Final[dict[Reason, Promise | str]] = {
    Reason.EMPTY: _("This file is empty."),
    Reason.TOO_LARGE: _("This file is larger than 50 MB."),
    Reason.TRUNCATED: _("This file ends too early. It was probably cut off; send it again."),
    Reason.DAMAGED: _("This file is damaged and cannot be read as what it says it is."),
    Reason.TOO_MUCH_WORK: _("This file is built so that checking it would take too much work."),
    Reason.NAME_HIDDEN_CHARACTERS: _(
        "The file's name holds hidden characters that change how it reads. Rename the file."
    ),
    Reason.NAME_OF_PROGRAM: _(
        "The file's name ends like that of a program or a web page. Such files cannot be attached."
    ),
    Reason.NAME_HIDES_PROGRAM: _(
        "The file's name has two endings, and one of them is that of a program. Rename the file."
    ),
    Reason.PROGRAM: _("This is {found}. Programs cannot be attached."),
    Reason.PROGRAM_DISGUISED: _("This is {found} named like {declared}."),
    Reason.PROGRAM_PACKED: _("This ZIP file is {found}. Programs cannot be attached."),
    Reason.WEB_PAGE: _(
        "This is a web page, which can run commands. Print it to PDF and attach that."
    ),
    Reason.SVG: _(
        "This is a drawing in the SVG format, which can run commands. Save it as PNG or PDF."
    ),
    Reason.WRONG_NAME: _("This file is named like {declared}, but it is {found}."),
    Reason.UNSUPPORTED: _("This is {found}, which cannot be attached."),
    Reason.UNKNOWN: _("It cannot be told what this file is, so it cannot be attached."),
    Reason.TWO_IN_ONE: _("This file is {found} and a second file of another type at once."),
    Reason.EXTRA_DATA: _("This file has more data hidden behind its end or before its beginning."),
    Reason.PICTURE_TOO_LARGE: _("This picture has too many pixels. Make it smaller."),
    Reason.TOO_MANY_FRAMES: _("This picture moves for too long. Attach a video instead."),
    Reason.LOCKED: _(
        "This file is locked with a password, so it cannot be checked. Take the password off, "
        "or seal the file with age."
    ),
    Reason.OLD_OFFICE: _(
        "This is an Office file of the format before 2007. Save it as .docx, .xlsx or .pptx."
    ),
    Reason.OLD_OFFICE_MACROS: _(
        "This is an Office file of the format before 2007, and it contains macros. "
        "Save it without macros as .docx, .xlsx or .pptx."
    ),
    Reason.MACROS: _("This document contains macros. Save it without them."),
    Reason.OUTSIDE_CONTENT: _(
        "This document fetches something from another computer when it is opened. Take that out."
    ),
    Reason.EMBEDDED_OBJECT: _(
        "Another file or a program is embedded in this document. Attach the files one by one."
    ),
    Reason.DDE: _("This document can start another program when it is opened (DDE)."),
    Reason.XML_ENTITIES: _("This file defines its own XML entities, as an attack would."),
    Reason.XML_ENCODING: _("A part of this file is written in an unusual character encoding."),
    Reason.PDF_ACTIVE: _(
        "This PDF contains scripts or commands. Print it to PDF again and attach the result."
    ),
    Reason.PDF_EMBEDDED: _("Other files are embedded in this PDF. Attach them one by one."),
    Reason.PDF_UNREADABLE: _(
        "A part of this PDF cannot be checked. Print it to PDF again and attach the result."
    ),
    Reason.ZIP_BOMB: _("This file would unpack to far more data than it may."),
    Reason.ZIP_TOO_MANY: _("There are too many files inside this one."),
    Reason.ZIP_OVERLAP: _("Files inside this one overlap each other, as in an attack."),
    Reason.ZIP_ODD: _(
        "This file is packed in an unusual way. Pack it again with a common program."
    ),
    Reason.ZIP_NAME: _("A file inside this one has a name that is not safe to unpack."),
    Reason.ZIP_NESTED: _("There is an archive inside this ZIP file. Pack the files only once."),
    Reason.TEXT_CONTROLS: _("This is named like a text but contains control characters."),
}

NOTES: Final[dict[NoteCode, Promise | str]] = {
    NoteCode.POSITION_REMOVED: _("The position where it was taken was removed."),
    NoteCode.CAMERA_REMOVED: _("Data about the camera or telephone was removed."),
    NoteCode.AUTHOR_REMOVED: _("Names of authors were removed."),
    NoteCode.COMMENT_REMOVED: _("Hidden comments were removed."),
    NoteCode.PROPERTIES_REMOVED: _("Hidden properties were removed."),
    NoteCode.THUMBNAIL_REMOVED: _("A small preview picture was removed."),
    NoteCode.EXTRA_DATA_REMOVED: _("Data hidden behind the end of the picture was removed."),
    NoteCode.SYSTEM_FILES_REMOVED: _("Files that the computer had added by itself were removed."),
    NoteCode.POSITION_MAY_REMAIN: _(
        "This video has a track of positions, which cannot be removed. Readers can see them."
    ),
    NoteCode.PDF_KEEPS_AUTHOR: _(
        "A PDF keeps its own properties. This one names an author, and readers can see it."
    ),
    NoteCode.PDF_KEEPS_PROPERTIES: _(
        "A PDF keeps its own properties, such as program and dates. No author was found in it."
    ),
    NoteCode.PDF_KEEPS_PICTURE_DATA: _(
        "A picture in this PDF has camera data, which may hold a position. It was not removed."
    ),
    NoteCode.FORMULA_CELLS: _("Some cells begin like a formula. Open this table with care."),
    NoteCode.LINKED_WORKBOOK: _("This workbook refers to another one, whose path can be seen."),
    NoteCode.LINKS_TO_FILES: _(
        "There are links to files on a computer. Their paths may name a person."
    ),
    NoteCode.MAP_FETCHES: _("A map program may fetch pictures from the internet for this file."),
    NoteCode.SEALED_BY_SENDER: _("Sealed by the sender. It could not be checked."),
}
