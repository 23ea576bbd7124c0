"""A PDF of the kiosk's pages as input for other tools: every text in its place, size, face and
colour, every path, the seal as the record's PNG and the QR symbol as one; read from the PDF itself
by mutool."""
import base64
import collections
import html
import json
import math
import re
import struct
import subprocess
import zlib
import xml.etree.ElementTree as tree

Text = collections.namedtuple("Text", "x y size angle spacing font colour string behind")
Path = collections.namedtuple("Path", "parts width dash colour clips")  # width None: filled
Picture = collections.namedtuple("Picture", "x y width height name")
PAPER, BLACK = "#ffffff", "#000000"
# Of the fonts' PDF names: family in the kiosk's fonts, weight of CSS.
WEIGHTS = {"Light": 300, "Regular": 400, "Medium": 500, "SemiBold": 600, "Bold": 700}
LABELS = {("Sans", 300), ("Sans", 500), ("Sans", 700), ("Serif", 600), ("Serif", 700)}
ASCENT, DESCENT = {"Serif": 1.151, "Sans": 1.16}, {"Serif": 0.286, "Sans": 0.288}
JOIN_EM = 0.12  # gaps that differ less belong to one run; its tool kerns by itself


def numbers(text):
    return [float(word) for word in text.split()]


def colour_of(element):
    values = numbers(element.get("color"))
    values = values * 3 if len(values) == 1 else values
    return "#" + "".join(f"{round(value * 255):02x}" for value in values)


def parts_of(element):
    """The path's segments, in points from the upper left corner."""
    a, b, c, d, e, f = numbers(element.get("transform"))
    parts = []
    for part in element:
        keys = ("1", "2", "3") if part.tag == "curveto" else ("",)
        points = [(float(part.get("x" + k)), float(part.get("y" + k)))
                  for k in keys if part.tag != "closepath"]
        parts.append((part.tag, [(a * x + c * y + e, b * x + d * y + f) for x, y in points]))
    return parts


def scale_of(element):
    """How many points a unit of its lines' widths is."""
    a, b, c, d, _, _ = numbers(element.get("transform"))
    return math.sqrt(abs(a * d - b * c))


def face_of(name):
    serif = "Serif" if "Serif" in name else "Sans"
    return serif, WEIGHTS[name.rsplit("-", 1)[1]]


def runs_of(span, colour, behind):
    """Characters side by side on one line at one pitch are one run."""
    a, b, _, _ = numbers(span.get("trm"))
    size, angle = math.hypot(a, b), math.atan2(b, a)
    along = (math.cos(angle), math.sin(angle))
    font = face_of(span.get("font"))
    run, gaps, last = [], [], None

    def finish():
        spacing = sorted(gaps)[len(gaps) // 2] if gaps else 0
        x, y = run[0][:2]
        return Text(x, y, size, math.degrees(angle), spacing if abs(spacing) > 0.02 * size else 0,
                    font, colour, "".join(g[2] for g in run), behind)

    for glyph in span:
        x, y = float(glyph.get("x")), float(glyph.get("y"))
        if last:
            dx, dy = x - last[0], y - last[1]
            gap = dx * along[0] + dy * along[1] - last[2] * size
            is_off = abs(dx * along[1] - dy * along[0]) > 0.1
            if is_off or (abs(gap - gaps[0]) > JOIN_EM * size if gaps else abs(gap) > 3 * size):
                yield finish()
                run, gaps = [], []
            else:
                gaps.append(gap)
        run.append((x, y, glyph.get("unicode")))
        last = (x, y, float(glyph.get("adv")))
    if run:
        yield finish()


def read_group(group, items, clips):
    """Appends what the group draws; a picture with a mask or a stencil in colour is the seal, a black
    stencil the QR symbol, and what multiplies (the mark of a specimen) goes behind all else, which
    looks the same without blending."""
    clips, masked = list(clips), False
    behind = group.get("blendmode") == "Multiply"
    for element in group:
        if element.tag in ("fill_path", "stroke_path"):
            width, scale = element.get("linewidth"), scale_of(element)
            items.append(Path(parts_of(element), float(width) * scale if width else None,
                              [scale * length for length in numbers(element.get("dash", ""))],
                              colour_of(element), tuple(clips)))
        elif element.tag == "fill_text":
            for span in element:
                items.extend(runs_of(span, colour_of(element), behind))
        elif element.tag == "clip_path":
            clips.append(tuple((tag, tuple(points)) for tag, points in parts_of(element)))
        elif element.tag in ("clip_image_mask", "fill_image_mask"):
            masked = element.tag == "clip_image_mask"
            is_seal = masked or colour_of(element) != BLACK
            width, _, _, height, x, y = numbers(element.get("transform"))
            items.append(Picture(x, y, width, height, "seal.png" if is_seal else "symbol.png"))
            clips.extend([()] if masked else [])
        elif element.tag == "pop_clip":
            clips.pop()
            masked = False
        elif element.tag == "group":
            read_group(element, items, clips)
        elif element.tag == "fill_image" and not masked:
            raise SystemExit("bench document: a picture that is not the seal; take another record")


def read_symbol(pdf):
    """The modules of our QR symbol, a PDF's only stencil but for the seal, which is packed as a fax,
    as a PNG of one dot each."""
    objects = subprocess.run(["mutool", "show", str(pdf), "grep"], capture_output=True, check=True)
    stencil = next(line for line in objects.stdout.splitlines() if b"/ImageMask true" in line
                   and b"/CCITTFaxDecode" not in line)
    side = int(re.search(rb"/Width (\d+)", stencil)[1])
    rows = subprocess.run(["mutool", "show", "-b", str(pdf), stencil.split()[0].decode()],
                          capture_output=True, check=True).stdout
    step = (side + 7) // 8
    ink = bytes(255 - byte for byte in rows)  # a set bit is ink there, paper in a PNG
    lines = b"".join(b"\0" + ink[y * step:(y + 1) * step] for y in range(side))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
              (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks)


def read_pages(pdf):
    """(width, height, items) of every page."""
    trace = subprocess.run(["mutool", "trace", str(pdf)], capture_output=True, text=True,
                           check=True)
    pages = []
    for page in tree.fromstring(trace.stdout):
        items = []
        read_group(page, items, [])
        _, _, width, height = numbers(page.get("mediabox"))
        pages.append((width, height, items))
    return pages


def svg_path(parts):
    letter = {"moveto": "M", "lineto": "L", "curveto": "C", "closepath": "Z"}
    return "".join(letter[tag] + " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
                   for tag, points in parts)


def svg_of(page, width, height, items):
    """Everything but the text."""
    clips, body = {}, []
    for path in items:
        if not isinstance(path, Path):
            continue
        look = (f'fill="{path.colour}"' if path.width is None else
                f'fill="none" stroke="{path.colour}" stroke-width="{path.width}"')
        if path.dash:
            look += f' stroke-dasharray="{" ".join(map(str, path.dash))}"'
        names = [clips.setdefault(clip, f"c{page}-{len(clips)}") for clip in path.clips]
        body.append("".join(f'<g clip-path="url(#{name})">' for name in names)
                    + f'<path d="{svg_path(path.parts)}" {look}/>' + "</g>" * len(names))
    defs = "".join(f'<clipPath id="{name}"><path d="{svg_path(clip)}"/></clipPath>'
                   for clip, name in clips.items())
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
            f'viewBox="0 0 {width} {height}">'
            f"<defs>{defs}</defs>{''.join(body)}</svg>")


def families(font, quote):
    names = [f"Noto {font[0]} CJK SC"]
    if font in LABELS:
        names.insert(0, f"Kiosk Labels {font[0]}")
    return ",".join(quote + name + quote for name in names)


def html_text(text, classes):
    """A run whose line is two em high, so that its baseline is where the fonts' metrics put it."""
    ascent, descent = ASCENT[text.font[0]], DESCENT[text.font[0]]
    baseline = (1 + (ascent - descent) / 2) * text.size
    name = classes.setdefault((text.font, round(text.size, 3), text.colour), f"t{len(classes)}")
    style = f"left:{text.x:.2f}pt;top:{text.y - baseline:.2f}pt"
    if text.spacing:
        style += f";letter-spacing:{text.spacing:.2f}pt"
    if abs(text.angle) > 0.01:
        style += f";transform-origin:0 {baseline:.2f}pt;transform:rotate({text.angle:.2f}deg)"
    return f'<p class="{name}" style="{style}">{html.escape(text.string)}</p>'


def make_html(pages, pictures):
    """For tools of the web: positioned lines over one drawing a page; `pictures` are PNGs."""
    width, height, _ = pages[0]
    classes, body = {}, []
    for number, (_, _, items) in enumerate(pages):
        seals = "".join(f'<img style="left:{s.x}pt;top:{s.y}pt;width:{s.width}pt'
                        f'{";image-rendering:pixelated" if s.name == "symbol.png" else ""}" '
                        'src="data:image/png;base64,'
                        f'{base64.b64encode(pictures[s.name]).decode()}">'
                        for s in items if isinstance(s, Picture))
        marks, texts = ("".join(html_text(t, classes) for t in items
                                if isinstance(t, Text) and t.behind == behind)
                        for behind in (True, False))
        last = ";break-after:auto" if number == len(pages) - 1 else ""
        drawing = svg_of(number, width, height, items)
        body.append(f'<section style="{last}">{marks}{drawing}{seals}{texts}'
                    "</section>")
    rules = "".join(f".{name}{{font:{font[1]} {size}pt/2 {families(font, chr(34))};color:{colour}}}"
                    for (font, size, colour), name in classes.items())
    return f"""<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>pages</title><style>
@page {{ size: {width}pt {height}pt; margin: 0 }}
body, p {{ margin: 0 }}
section {{ position: relative; height: {height - 0.75}pt; overflow: hidden; break-after: page }}
section * {{ position: absolute; left: 0; top: 0; white-space: pre; text-spacing-trim: space-all }}
{rules}</style>{"".join(body)}</html>"""


def typst_text(text):
    family = f"Noto {text.font[0]} CJK SC"
    body = (f'text(font:"{family}",weight:{text.font[1]},size:{text.size:.3f}pt,'
            f'fill:rgb("{text.colour}"),tracking:{text.spacing:.3f}pt,'
            f"{json.dumps(text.string, ensure_ascii=False)})")
    if abs(text.angle) > 0.01:
        body = f"rotate({text.angle:.2f}deg,origin:top+left,{body})"
    return f"place(top+left,dx:{text.x:.3f}pt,dy:{text.y:.3f}pt,{body})"


def make_typst(pages, folder):
    """For Typst: everything placed; drawings as pictures of SVG, which it sets in less than half
    the time of its own curves. Writes FOLDER/page.typ and the drawings."""
    width, height, _ = pages[0]
    body = []
    for number, (_, _, items) in enumerate(pages):
        (folder / f"page-{number}.svg").write_text(svg_of(number, width, height, items))
        marks, texts = ([typst_text(t) for t in items if isinstance(t, Text) and t.behind == behind]
                        for behind in (True, False))
        drawing = [f'place(top+left,image("page-{number}.svg",width:{width}pt))']
        seals = [f'place(top+left,dx:{s.x}pt,dy:{s.y}pt,image("{s.name}",width:{s.width}pt))'
                 for s in items if isinstance(s, Picture)]
        body.append("\n".join(marks + drawing + seals + texts))
    (folder / "page.typ").write_text(
        f"#set page(width:{width}pt,height:{height}pt,margin:0pt)\n"
        '#set text(lang:"zh",top-edge:"baseline",cjk-latin-spacing:none)\n#{\n'
        + "\npagebreak()\n".join(body) + "\n}\n", encoding="utf-8")


def page_texts(pdf):
    """What pdftotext reads, page by page, without white space."""
    done = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True,
                          check=True)
    return [re.sub(r"\s", "", page) for page in done.stdout.split("\f")[:-1]]


def find_difference(ours, theirs, mark, digits):
    """None when both PDFs have the same characters page by page, theirs `digits` where ours has the
    `mark`; else what is different."""
    ours, theirs = [page.replace(mark, digits) for page in page_texts(ours)], page_texts(theirs)
    if len(ours) != len(theirs):
        return f"{len(theirs)} pages, not {len(ours)}"
    for number, (own, other) in enumerate(zip(ours, theirs), 1):
        own, other = collections.Counter(own), collections.Counter(other)
        if own != other:
            lost, added = "".join((own - other).elements()), "".join((other - own).elements())
            return f"page {number} lacks '{lost[:30]}', has '{added[:30]}' instead"
    return None
