"""How are the drawn phones set? One style sheet; lengths in `u` are units of a phone 264 wide."""

import re

from evse_status.ui.charts.phones_ground import GROUNDS, HEIGHT, WIDTH, Ground, map_picture

PHONE = "preview-phone"
"""How the key of a phone's container begins."""
_ROW = '[data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"]'
_COLUMN = '> [data-testid="stColumn"]'
_HALF = (
    f'[data-testid="stVerticalBlock"]:has(> {_ROW} {_COLUMN} > [data-testid="stVerticalBlock"] > '
    f'[data-testid="stLayoutWrapper"] > [class*="st-key-{PHONE}"])'
)
_NARROW = f"""
@media (max-width: 640px) {{
  {_HALF} > [data-testid="stLayoutWrapper"],
  {_HALF} > {_ROW} {{ display: contents; }}
  {_HALF} > {_ROW} {_COLUMN} {{ min-width: 100%; }}
  {_HALF} > {_ROW} {_COLUMN}:nth-child(2) {{ order: 2; }}
  {_HALF} > {_ROW} {_COLUMN}:nth-child(3) {{ order: 3; }}
}}
"""
"""On a narrow screen each phone is followed by its own payloads, though they stand in two rows."""
_RULES = """
.ev-box { container-type: inline-size; margin: 0 auto;
  width: clamp(15rem, min(94%, (100vh - 338px) * .611), 25rem); }
.ev-phone { --u: calc(100cqw / $WIDTH); position: relative; width: 100%;
  aspect-ratio: $WIDTH / $HEIGHT; border-radius: 29u; background: var(--body);
  color: var(--text); font-size: 13u; line-height: 1.32; text-align: start; }
.ev-glass { position: absolute; inset: 6u; border-radius: 23u; overflow: hidden;
  background: var(--sheet); }
.ev-glass div, .ev-glass span { box-sizing: border-box; }
.ev-line { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.ev-strong { font-weight: 600; }
.ev-muted { color: var(--muted); font-size: 12u; }
.ev-icon { font-family: 'Material Symbols Rounded'; font-weight: 400; font-style: normal;
  font-size: 18u; line-height: 1; width: 1em; height: 1em; flex: none; overflow: hidden;
  white-space: nowrap; direction: ltr; font-feature-settings: 'liga'; letter-spacing: 0; }
.ev-icon.ev-inline { display: inline-block; font-size: inherit; }
.ev-row { display: flex; align-items: center; min-width: 0; }
.ev-grow { flex: 1; min-width: 0; }
.ev-bar { position: absolute; z-index: 3; top: 9u; left: 18u; right: 18u; display: flex;
  align-items: center; gap: 5u; font-size: 12u; font-weight: 600; }
.ev-bar .ev-icon { font-size: 14u; }
.ev-map { position: absolute; top: 0; left: 0; right: 0; overflow: hidden;
  background: var(--land) var(--map) top center / 100% auto no-repeat; }
.ev-dot, .ev-pin, .ev-disc { position: absolute; display: flex; align-items: center;
  justify-content: center; border-radius: 50%; background: var(--fill); color: var(--on); }
.ev-disc { position: static; flex: none; width: 30u; height: 30u; }
.ev-dot { width: 24u; height: 24u; margin: -12u 0 0 -12u; border: 2u solid var(--sheet);
  box-shadow: 0 1u 3u var(--shadow); }
.ev-dot .ev-icon { font-size: 15u; }
.ev-pin { width: 40u; height: 40u; margin: -20u 0 0 -20u; border: 3u solid var(--ring);
  box-shadow: 0 2u 5u var(--shadow); z-index: 2; }
.ev-pin .ev-icon { font-size: 23u; }
.ev-pin::after { content: ""; position: absolute; top: 36u; left: 50%; width: 14u; height: 8u;
  margin-left: -7u; background: var(--fill); clip-path: polygon(0 0, 100% 0, 50% 100%); }
.ev-search { position: absolute; top: 30u; left: 12u; right: 12u; height: 34u; gap: 10u;
  padding: 0 14u; border-radius: 17u; background: var(--sheet); color: var(--muted);
  box-shadow: 0 1u 4u var(--shadow); }
.ev-sheet { position: absolute; left: 0; right: 0; bottom: 0; padding: 0 16u 16u;
  display: flex; flex-direction: column; background: var(--sheet); }
.ev-over { border-radius: 18u 18u 0 0; box-shadow: 0 -1u 6u var(--shadow); z-index: 2; }
.ev-handle { align-self: center; flex: none; width: 36u; height: 4u; margin: 9u 0 10u;
  border-radius: 2u; background: var(--line); }
.ev-place { font-size: 15.5u; font-weight: 650; flex: none; }
.ev-address { color: var(--muted); font-size: 12.5u; min-height: 1.32em; flex: none; }
.ev-chip { align-self: flex-start; flex: none; display: flex; align-items: center; gap: 6u;
  max-width: 100%; height: 24u; margin: 8u 0 0; padding: 0 10u 0 8u; border-radius: 12u;
  background: var(--chip); color: var(--ctext); font-size: 12.5u; font-weight: 600; }
.ev-chip .ev-icon { font-size: 15u; }
.ev-rule { flex: none; height: 1px; margin: 10u 0; background: var(--line); }
.ev-bay { gap: 12u; flex: none; }
.ev-bay > .ev-icon { color: var(--muted); font-size: 20u; }
.ev-told { flex: none; color: var(--ctext); }
.ev-space { flex: 1; min-height: 8u; }
.ev-buttons { display: flex; gap: 10u; flex: none; }
.ev-button { flex: 1; min-width: 0; height: 34u; padding: 0 8u; border-radius: 9u; font-weight: 600;
  display: flex; align-items: center; justify-content: center; background: var(--tint); }
.ev-off { color: var(--muted); }
.ev-on { background: var(--fill); color: var(--on); }
.ev-absent { display: flex; gap: 10u; align-items: center; margin-top: 16u; color: var(--muted); }
.ev-heading { font-size: 15u; font-weight: 650; margin: 13u 0 8u; flex: none; }
.ev-near { gap: 10u; flex: none; height: 50u; margin: 0 -8u; padding: 0 10u 0 8u; }
.ev-near + .ev-near { border-top: 1px solid var(--line); }
.ev-first { background: var(--tint); border-radius: 10u; margin-bottom: 1u; }
.ev-first + .ev-near { border-top: 0; }
.ev-ghost { flex: none; height: 8u; border-radius: 4u; background: var(--tint); margin: 5u 0; }
.ev-blank { background: var(--tint); }
.ev-tabs { position: absolute; left: 0; right: 0; bottom: 0; height: 42u; display: flex;
  align-items: center; justify-content: space-around; padding: 0 12u; color: var(--muted);
  background: var(--sheet); border-top: 1px solid var(--line); }
.ev-tabs .ev-here { color: var(--text); }
.ev-notice { flex: none; margin-top: 9u; padding: 8u 11u; border-radius: 9u; font-size: 12u;
  background: var(--chip); color: var(--ctext); }
"""


def style() -> str:
    """The style sheet of both modes, for `st.html`."""
    rules = _RULES.replace("$WIDTH", str(WIDTH)).replace("$HEIGHT", str(HEIGHT))
    sized = re.sub(r"(-?[\d.]+)u\b", r"calc(\1 * var(--u))", rules)
    modes = "".join(_mode(dark, ground) for dark, ground in GROUNDS.items())
    return f"<style>{modes}{sized}{_NARROW}</style>"


def _mode(dark: bool, ground: Ground) -> str:
    colours = ";".join(f"--{name}:{getattr(ground, name)}" for name in Ground.__dataclass_fields__)
    maps = "".join(
        f'{_selector(dark)}.ev-{name} {{--map:url("{map_picture(dark=dark, river=river)}")}}'
        for name, river in (("spiriiGo", False), ("hubject", True), ("ocpi", True))
    )
    return f"{_selector(dark)}{{{colours}}}{maps}"


def _selector(dark: bool) -> str:
    return ".ev-dark" if dark else ".ev-light"
