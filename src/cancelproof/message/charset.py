"""Bytes to text, whatever they say they are: declared charset, HTML's own word, UTF-8, windows-1252, Latin-1.

Labels are looked up in a list of charsets (names and aliases of the WHATWG Encoding standard, plus what mail programs
write), never handed to `codecs.lookup`: Python also knows codecs that are no charsets, and UTF-7 can hide markup.
"""

from __future__ import annotations

import re

from cancelproof.model import Loss

_WESTERN = "cp1252"  # a superset of Latin-1 and ASCII, as every mail client reads them

_CODECS = {
    "utf-8": ("utf8", "unicode11utf8", "utf8mb4", "unicode20utf8", "cp65001", "xutf8"),
    "utf-16": ("utf16", "unicode", "ucs2", "iso10646ucs2", "csunicode", "unicodefffe"),
    "utf-16-le": ("utf16le",),
    "utf-16-be": ("utf16be", "unicodefeff"),
    _WESTERN: (
        "usascii", "ascii", "ansi", "ansix341968", "iso646us", "iso88591", "88591", "latin1", "l1", "isolatin1",
        "iso885911987", "windows1252", "cp1252", "win1252", "xcp1252", "cp819", "ibm819", "xansi",
    ),
    "iso8859-15": ("iso885915", "latin9", "l9", "latin0"),
    "cp1250": ("windows1250", "cp1250", "xcp1250", "win1250"),
    "cp1251": ("windows1251", "cp1251", "xcp1251", "win1251"),
    "cp1253": ("windows1253", "cp1253", "iso88597", "greek", "greek8", "elot928"),
    "cp1254": ("windows1254", "cp1254", "iso88599", "latin5", "l5"),
    "cp1255": ("windows1255", "cp1255"),
    "cp1256": ("windows1256", "cp1256"),
    "cp1257": ("windows1257", "cp1257"),
    "cp1258": ("windows1258", "cp1258"),
    "iso8859-2": ("iso88592", "latin2", "l2", "isolatin2"),
    "iso8859-3": ("iso88593", "latin3"),
    "iso8859-4": ("iso88594", "latin4"),
    "iso8859-5": ("iso88595", "cyrillic"),
    "iso8859-6": ("iso88596", "iso88596i", "iso88596e", "arabic"),
    "iso8859-8": ("iso88598", "iso88598i", "iso88598e", "hebrew", "visual"),
    "iso8859-10": ("iso885910", "latin6"),
    "iso8859-13": ("iso885913", "latin7"),
    "iso8859-14": ("iso885914", "latin8"),
    "iso8859-16": ("iso885916", "latin10"),
    "cp874": ("windows874", "cp874", "tis620", "iso885911", "dos874"),
    "koi8-r": ("koi8r", "koi8", "koi"),
    "koi8-u": ("koi8u", "koi8ru"),
    "cp437": ("cp437", "ibm437"),
    "cp850": ("cp850", "ibm850"),
    "cp852": ("cp852", "ibm852"),
    "cp866": ("cp866", "ibm866"),
    "mac-roman": ("macroman", "macintosh", "mac", "xmacroman"),
    "mac-latin2": ("maclatin2", "maccentraleurope", "xmacce"),
    "gb18030": ("gb18030", "gbk", "gb2312", "cp936", "windows936", "xgbk", "euccn", "gb231280", "csgb2312"),
    "hz": ("hz", "hzgb2312"),
    "cp950": ("big5", "cp950", "big5eten", "xxbig5"),
    "big5hkscs": ("big5hkscs",),
    "cp932": ("shiftjis", "sjis", "xsjis", "cp932", "mskanji", "windows31j", "csshiftjis"),
    "euc_jp": ("eucjp", "xeucjp", "ujis"),
    "iso2022_jp": ("iso2022jp", "csiso2022jp", "iso2022jp1", "iso2022jp2", "iso2022jpms", "cp50220", "cp50221"),
    "cp949": ("euckr", "cp949", "ksc56011987", "ksc56011989", "ksc5601", "uhc", "windows949", "korean"),
    "iso2022_kr": ("iso2022kr",),
}  # fmt: skip
_CODEC_OF = {alias: codec for codec, aliases in _CODECS.items() for alias in aliases}
_MULTIBYTE = frozenset({"gb18030", "hz", "cp950", "big5hkscs", "cp932", "euc_jp", "cp949", "iso2022_kr"})

_NO_ALNUM = re.compile(r"[^a-z0-9]")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_JIS_KANJI = re.compile(rb"\x1b\$(?:B|@|\(D)((?:[\x21-\x7e]{2})*)(?:\x1b\([BJI])?")


def codec_of(label: str) -> str:
    """Return the Python codec for a charset label, or "" where the label names no charset that is read here."""
    return _CODEC_OF.get(_NO_ALNUM.sub("", label[:60].lower()), "")


def html_label(data: bytes) -> str:
    """Return the charset that a page names in a meta element of its first 2 kB, or ""."""
    found = _META.search(data[:2048])
    return found.group(1).decode("ascii") if found else ""


def decode(data: bytes, label: str, fallback_label: str = "") -> tuple[str, str]:
    """Return the text of `data`, and a sentence on what was wrong with its charset, or ""."""
    codec = codec_of(label)
    fault = f"charset {label[:40]!r} is not known" if label and not codec else ""
    codec = codec or codec_of(fallback_label)
    if codec.startswith("utf-16"):
        if b"\0" in data[:1000] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode(codec, "replace"), fault
        codec, fault = "", f"charset {label[:40]!r} is not what the bytes are"
    if codec == "iso2022_jp":
        return _iso_2022_jp(data), fault
    if data.isascii():
        return data.decode("ascii") if codec not in ("hz", "iso2022_kr") else data.decode(codec, "replace"), fault
    if codec in _MULTIBYTE:
        return _multibyte(data, codec, label, fault)
    return _single_byte_or_utf8(data, codec, label, fault)


def _single_byte_or_utf8(data: bytes, codec: str, label: str, fault: str) -> tuple[str, str]:
    """Bytes that are valid UTF-8 are UTF-8, whatever they are called: no other text comes out so by chance."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if codec in ("", "utf-8") and _mostly_utf8(data):
            return data.decode("utf-8", "replace"), fault or Loss("text is not wholly utf-8")
        wrong = f"charset {label[:40]!r} is not what the bytes are" if codec == "utf-8" else ""
        return _western(data) if codec in ("", "utf-8", _WESTERN) else data.decode(codec, "replace"), fault or wrong
    return text, fault or (f"charset {label[:40]!r} is not what the bytes are" if codec not in ("", "utf-8") else "")


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(not c.isascii() for c in text) - broken > 2 * broken


def _western(data: bytes) -> str:
    try:
        return data.decode(_WESTERN)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _multibyte(data: bytes, codec: str, label: str, fault: str) -> tuple[str, str]:
    try:
        return data.decode(codec), fault
    except UnicodeDecodeError:
        try:
            return data.decode("utf-8"), f"charset {label[:40]!r} is not what the bytes are"
        except UnicodeDecodeError:
            return data.decode(codec, "replace"), fault or Loss(f"text is not wholly {label[:40]}")


def _iso_2022_jp(data: bytes) -> str:
    """Python's codec lacks the vendor characters that Japanese mail is full of; windows-31j has them."""
    try:
        return data.decode("iso2022_jp")
    except UnicodeDecodeError:
        pieces, end = [], 0
        for run in _JIS_KANJI.finditer(data):
            pieces.append(data[end : run.start()].decode("ascii", "replace"))
            pieces.append(_shifted(run.group(1)).decode("cp932", "replace"))
            end = run.end()
        pieces.append(data[end:].decode("utf-8", "replace"))
        return "".join(pieces).replace("\x1b(B", "").replace("\x1b(J", "")


def _shifted(jis: bytes) -> bytes:
    """JIS X 0208 row and cell bytes as Shift_JIS."""
    out = bytearray()
    for first, second in zip(jis[::2], jis[1::2], strict=True):
        out.append(((first - 0x21) >> 1) + (0x81 if first < 0x5F else 0xC1))
        out.append(second + (0x1F if second < 0x60 else 0x20) if first & 1 else second + 0x7E)
    return bytes(out)
