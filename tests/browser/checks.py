"""What is asked of the page in a real browser: one function for each thing, its name the sentence that is printed.

A check gets a `Visit` (see `run`), which opens pages; it says what is wrong by an assertion.
"""

import base64
import re

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


# Rows of a table that are seen, in order: what stands in one of their columns.
COLUMN = """(selector, column) => Array.from(document.querySelectorAll(selector + ' [data-row]'))
    .filter(row => row.getClientRects().length).map(row => (row.rows ? row.rows[0] : row).cells[column].textContent.trim())"""
# All folds of the page open.
UNFOLD = "document.querySelectorAll('details').forEach(fold => { fold.open = true })"
# Rows that are seen in all lists that follow the window.
FOLLOWERS = """Array.from(document.querySelectorAll('[data-follow] [data-first]')).filter(row => row.getClientRects().length).length"""
WINDOW = "document.getElementById('window').hidden ? '' : document.getElementById('window-text').textContent"


@check
def nothing_is_told_on_the_console_and_nothing_but_the_file_is_asked_for(visit):
    for name in visit.pages:
        browser = visit.open(name)
        browser.js(UNFOLD)
        browser.settle()
        told = browser.told("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        assert not told, f"{name}: {told}"
        asked = [event["request"]["url"] for event in browser.told("Network.requestWillBeSent")]
        assert asked[0] == visit.address(name), asked
        # The icon is empty and part of the file.
        strange = [address for address in asked[1:] if address != "data:,"]
        assert not strange, f"{name}: {strange}"


@check
def no_page_scrolls_sideways(visit):
    for name in visit.pages:
        for width in [1280, 768, 390, 320]:
            browser = visit.open(name, width=width)
            browser.js(UNFOLD)
            wide = browser.js("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide where there are {width}"


@check
def the_first_screen_has_the_verdict_the_outages_and_what_to_do(visit):
    browser = visit.open("outage", height=900)
    for selector in ["#headline", "#axis .lane svg rect.outage", ".todo .steps li:nth-child(3)"]:
        bottom = browser.js(f"document.querySelector('{selector}').getBoundingClientRect().bottom")
        assert 0 < bottom <= 900, f"{selector} ends at {bottom}"


@check
def tables_sort_by_numbers_times_and_text_in_both_directions(visit):
    browser = visit.open("outage")
    browser.js(UNFOLD)
    numbers = lambda cells: [int(cell.replace(",", "")) for cell in cells]
    for table, column, key, first in [
        ("#failures table", 0, numbers, "descending"),
        ("#failures table", 1, lambda cells: [cell.casefold() for cell in cells], "ascending"),
        ("#failures table", 6, list, "ascending"),
        ("#names .stack > :first-child table", 3, numbers, "descending"),
        ("#events table", 3, lambda cells: [cell.casefold() for cell in cells], "ascending"),
        ("#time table", 1, list, "ascending"),
    ]:
        seen = {}
        for _ in range(2):
            browser.js(f"document.querySelectorAll('{table} thead th')[{column}].querySelector('button').click()")
            direction = browser.js(f"document.querySelectorAll('{table} thead th')[{column}].getAttribute('aria-sort')")
            cells = key(browser.js(f"({COLUMN})('{table}', {column})"))
            assert len(cells) > 1 and cells == sorted(cells, reverse=direction == "descending"), f"{table} {column} {direction}: {cells}"
            seen[direction] = cells
        assert list(seen) == [first, *({"ascending", "descending"} - {first})], f"{table} {column}: {list(seen)}"
    # What stands below a row goes along with it.
    assert browser.js("Array.from(document.querySelectorAll('#failures tbody')).every(row => row.rows.length === 2)")


@check
def long_tables_show_their_beginning_and_all_when_asked(visit):
    browser = visit.open("all")
    browser.js(UNFOLD)
    count = lambda: len(browser.js(f"({COLUMN})('#names table', 0)"))
    short = count()
    browser.js("document.querySelectorAll('#names .tools button').forEach(button => button.click())")
    assert 0 < short < count(), f"{short} of {count()}"


@check
def words_filter_a_table_and_it_says_how_many_are_left(visit):
    browser = visit.open("outage")
    browser.js(UNFOLD)
    all_rows = browser.js(f"({COLUMN})('#failures table', 1)")
    type_in = lambda words: browser.js(
        f"(input => {{ input.value = '{words}'; input.dispatchEvent(new Event('input')) }})(document.querySelector('#failures .tools input'))")
    type_in("pop PROBES")
    left = browser.js("Array.from(document.querySelectorAll('#failures [data-row]')).filter(row => row.getClientRects().length).map(row => row.textContent.toLowerCase())")
    assert 0 < len(left) < len(all_rows) and all("pop" in row and "probes" in row for row in left), left
    assert browser.js("document.querySelector('#failures .tools span').textContent") == f"{len(left)} of {len(all_rows)}"
    type_in("no such word")
    assert browser.js(f"({COLUMN})('#failures table', 1)") == []
    type_in("")
    assert browser.js(f"({COLUMN})('#failures table', 1)") == all_rows


def point(browser, share):
    """A point on the first lane, at a share of the time axis."""
    return browser.js(f"""(() => {{ const box = document.querySelector('#axis .lane svg[data-ok]').getBoundingClientRect();
        return [box.left + box.width * {share}, box.top + 30] }})()""")


@check
def a_window_drawn_with_the_mouse_narrows_the_lists_and_clearing_restores_them(visit):
    browser = visit.open("outage")
    browser.js(UNFOLD)
    browser.js("document.getElementById('axis').scrollIntoView()")
    whole = browser.js(FOLLOWERS)
    browser.drag(point(browser, 0.02), point(browser, 0.38))
    said = browser.js(WINDOW)
    assert said.startswith("2026-03-12 04:") and " to 07:0" in said, said
    narrowed = browser.js(FOLLOWERS)
    # All failures came later: what is left are the event before them and what lies over the window.
    assert 0 < narrowed < whole, f"{narrowed} of {whole}"
    assert browser.js(f"({COLUMN})('#failures table', 0)") == []
    assert "hidden: outside the chosen window" in browser.js("document.querySelector('#failures .hid').textContent")
    assert browser.js("document.getElementById('window-sums').textContent").startswith("· 0 failed, ")
    command = browser.js("document.getElementById('window-command').textContent")
    assert re.search(r"exlog analyze .* --from 2026-03-12T04:\S+ --to 2026-03-12T07:\S+$", command), command
    for clear in [lambda: browser.key("Escape"), lambda: browser.js("document.getElementById('window-clear').click()")]:
        browser.drag(point(browser, 0.02), point(browser, 0.38))
        assert browser.js(FOLLOWERS) == narrowed
        clear()
        assert browser.js(WINDOW) == "" and browser.js(FOLLOWERS) == whole


@check
def an_outage_chooses_its_time_and_its_failures_are_counted(visit):
    browser = visit.open("outage")
    browser.js("document.querySelector('[data-outages] [data-show]').click()")
    assert browser.js(WINDOW) == "2026-03-12 07:33:43 to 10:31:20", browser.js(WINDOW)
    sums = browser.js("document.getElementById('window-sums').textContent")
    assert "109 failed" in sums, sums


@check
def the_window_is_moved_by_keys_and_tells_where_it_is(visit):
    browser = visit.open("outage")
    browser.js(UNFOLD)
    whole = browser.js(FOLLOWERS)
    browser.js("document.querySelector('.brush i[data-end=to]').focus()")
    browser.key("PageDown")
    browser.js("document.querySelector('.brush i[data-end=from]').focus()")
    for key in ["ArrowRight", "ArrowRight", "PageUp", "ArrowLeft"]:
        browser.key(key)
    told = browser.js("document.querySelector('.brush i[data-end=from]').getAttribute('aria-valuetext')")
    assert told == "2026-03-12 04:55:00", told
    assert browser.js(WINDOW) == "2026-03-12 04:55:00 to 11:10:00", browser.js(WINDOW)
    assert "Window 2026-03-12 04:55:00" in browser.js("document.getElementById('said').textContent")
    assert 0 < browser.js(FOLLOWERS) <= whole
    browser.key("Home")
    browser.js("document.querySelector('.brush i[data-end=to]').focus()")
    browser.key("End")
    assert browser.js(WINDOW) == "" and browser.js(FOLLOWERS) == whole


@check
def a_step_under_the_mouse_tells_its_counts(visit):
    browser = visit.open("outage")
    browser.js("document.getElementById('axis').scrollIntoView()")
    x, y = point(browser, 0.6)
    browser("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button="none", buttons=0)
    told = browser.js("document.getElementById('tip').hidden ? '' : document.getElementById('tip').textContent")
    assert "EX01 IMAP" in told and "failed" in told and "probes" in told, told


@check
def failures_by_the_accounts_own_fault_are_paler_and_told_apart(visit):
    for dark in [False, True]:
        browser = visit.open("credentials", dark=dark)
        fills = browser.js("['.lane .own', '.lane .no', '.lane .ok', '.lane .ground'].map(part => getComputedStyle(document.querySelector(part)).fill)")
        assert len(set(fills)) == 4, fills
    assert browser.js("document.querySelector('.lane .own').getBBox().width") > 10
    assert "own fault" in browser.js("document.querySelector('.legend').textContent")
    browser.js("document.getElementById('axis').scrollIntoView()")
    x, y = point(browser, 0.5)
    browser("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button="none", buttons=0)
    told = browser.js("document.getElementById('tip').textContent")
    assert "their own fault: " in told, told


@check
def many_servers_stand_below_each_other_and_their_cells_add_up_to_the_report(visit):
    wanted = {}
    for row in visit.report("all")["logins"]["by"]:
        if row["role"] == "frontend":
            name = (row["server"], {"imap4": "IMAP", "pop3": "POP"}[row["protocol"]])
            wanted[name] = [sum(pair) for pair in zip(wanted.get(name, [0, 0]), [row["failed"], row["attempts"]])]
    for dark in [False, True]:
        browser = visit.open("all", dark=dark)
        looks = browser.js("""['.well', '.there', '.ground', '.cell .no', '.cell .own'].map(part => { const look = getComputedStyle(document.querySelector('#heat ' + part));
            return look.fill + look.opacity })""")
        assert len(set(looks)) == len(looks), looks
        assert browser.js("document.querySelector('#heat .row rect[fill]').getAttribute('fill')") == "url(#no-log)"
    rows = browser.js("""Array.from(document.querySelectorAll('#heat .row')).map(row => ({
        name: [row.querySelector('bdi').textContent, row.querySelector('.who span').textContent],
        height: row.getBoundingClientRect().height,
        sum: row.querySelector('.sum').textContent, told: row.querySelector('svg').ariaLabel,
        cells: Array.from(row.querySelectorAll('.well, .cell'), cell => cell.querySelector('title').textContent),
        seen: Array.from(row.querySelectorAll('.well, .cell rect')).every(cell => cell.getBoundingClientRect().width > 2) }))""")
    assert {tuple(row["name"]) for row in rows} == set(wanted), rows
    number = lambda text: 0 if text == "none" else int(text.replace(",", ""))
    for row in rows:
        counts = [re.search(r"(none|[0-9,]+) of ([0-9,]+) attempts? failed|none of ([0-9,]+) attempts? failed", cell) for cell in row["cells"]]
        added = [sum(number(count[1]) for count in counts), sum(number(count[2]) for count in counts)]
        said = [number(count) for count in row["sum"].split(" of ")]
        assert added == said == wanted[tuple(row["name"])], row
        assert row["told"].startswith(f"{row['name'][1]} on {row['name'][0]}: {row['sum']} attempts failed"), row["told"]
        assert row["seen"] and row["height"] < 24, row
    assert "no logs" in browser.js("document.querySelector('#heat .legend').textContent")
    # One server needs no such picture.
    assert visit.open("outage").js("document.getElementById('heat')") is None


@check
def a_command_is_copied_whole(visit):
    browser = visit.open("outage")
    browser.js("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }")
    browser.js("document.querySelector('.todo .copy').click()")
    copied = browser.js("window.copied")
    assert copied == "Set-ImapSettings -Server EX01 -X509CertificateName ex01.contoso.example", copied


@check
def a_link_opens_the_folded_part_that_it_leads_into(visit):
    for name in ["healthy", "hostile"]:
        browser = visit.open(name)
        # The last row is beyond those that a long table shows at first.
        browser.js("document.getElementById('failures').open = false")
        target = browser.js("Array.from(document.querySelectorAll('#failures [data-row]')).pop().id")
        browser.js(f"location.hash = '#{target}'")
        browser.settle()
        assert browser.js("document.getElementById('failures').open"), name
        box = browser.js(f"(box => [box.top, box.height])(document.getElementById('{target}').getBoundingClientRect())")
        assert 0 <= box[0] < 800 and box[1] > 0, f"{name}: {box}"


def contrast(browser, selector, ground):
    """How far a text stands out from its ground, as WCAG counts it."""
    colour = """(selector, which) => { const pixel = document.createElement('canvas').getContext('2d');
        pixel.fillStyle = getComputedStyle(document.querySelector(selector))[which];
        pixel.fillRect(0, 0, 1, 1); return Array.from(pixel.getImageData(0, 0, 1, 1).data).slice(0, 3) }"""

    def light(selector, which):
        parts = [part / 255 for part in browser.js(f"({colour})({selector!r}, {which!r})")]
        parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    text, under = light(selector, "color"), light(ground, "backgroundColor")
    return (max(text, under) + 0.05) / (min(text, under) + 0.05), under


@check
def light_and_dark_differ_and_both_can_be_read(visit):
    grounds = {}
    for dark in [False, True]:
        browser = visit.open("outage", dark=dark)
        for selector, ground in [
            ("h1", "body"), (".period", "body"), (".figures .bad", "body"), (".figures small", "body"), (".todo .lead", ".todo"),
            (".chip", ".chip"), (".place", "#time"), (".lane small", "#time"), (".lane .sum .bad", "#time"), (".meta", ".section"),
            (".events .change .kind", ".section"), (".events .recovery .kind", ".section"), (".line", ".section"), ("thead th", ".section"),
        ]:
            ratio, grounds[dark] = contrast(browser, selector, ground)
            assert ratio >= 4.5, f"{selector} {'dark' if dark else 'light'}: {ratio:.1f}"
    assert grounds[True] < 0.1 and grounds[False] > 0.8, grounds


@check
def on_paper_all_parts_are_open_and_nothing_waits_for_a_click(visit):
    for script in [True, False]:
        browser = visit.open("healthy", script=script)
        if script:
            # The last listener sees the page as it is printed.
            browser.js("""addEventListener('beforeprint', () => { window.printed =
                Array.from(document.querySelectorAll('.section')).every(part => part.open) })""")
        pdf = base64.b64decode(browser("Page.printToPDF", printBackground=True, paperWidth=8.27, paperHeight=11.69)["data"])
        pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
        # The healthy day's first screen is one page; with its parts open it has more.
        assert pdf.startswith(b"%PDF-") and 2 <= pages <= 12, f"{pages} pages"
        if script:
            assert browser.js("window.printed"), "a part is folded on paper"
            assert not browser.js("document.querySelector('#failures').open"), "parts stay open behind the print"
    browser = visit.open("outage", media="print")
    assert browser.js("Array.from(document.querySelectorAll('button')).filter(button => !button.closest('thead')).every(button => !button.getClientRects().length)")
    ink, under = contrast(browser, "h1", "body")
    assert ink > 15 and under > 0.9


@check
def without_its_script_everything_is_there_to_read(visit):
    browser = visit.open("outage", script=False)
    # From here on scripts may run, but the page's own has not.
    browser("Emulation.setScriptExecutionDisabled", value=False)
    assert not browser.js("document.documentElement.classList.contains('js')")
    browser.js(UNFOLD)
    hidden = browser.js("Array.from(document.querySelectorAll('[data-row], [data-first]')).filter(row => !row.getClientRects().length).length")
    assert hidden == 0, f"{hidden} rows are not seen"
    useless = browser.js("Array.from(document.querySelectorAll('button, input, .needs-js')).filter(one => one.getClientRects().length).length")
    assert useless == 0, f"{useless} things that do nothing"
    text = browser.js("document.body.innerText")
    report = visit.report("outage")
    wanted = [finding["title"] for finding in report["findings"]] + [group["error"] for group in report["failure_groups"]]
    wanted += [account["name"] for account in report["accounts"]] + [address["name"] for address in report["addresses"]]
    wanted += [entry["text"] for entry in report["timeline"]]
    wanted += [step["command"] for finding in report["findings"] for step in finding["remediation"] if step["command"]]
    wanted += ["sed -n ", "exlog analyze ", f"{report['input']['lines']:,}"]
    lost = [words for words in wanted if words not in text]
    assert len(wanted) > 50 and not lost, lost
    browser = visit.open("healthy", script=False)
    box = browser.js("(box => [box.left + 20, box.top + 10])(document.querySelector('#failures > summary').getBoundingClientRect())")
    for kind in ["mousePressed", "mouseReleased"]:
        browser("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", buttons=1, clickCount=1)
    browser("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.js("document.querySelector('#failures').open")


@check
def those_who_listen_are_told_what_is_what(visit):
    for name in visit.pages:
        browser = visit.open(name)
        for what, holds in [
            ("every head cell has a scope", "Array.from(document.querySelectorAll('th')).every(cell => cell.scope)"),
            ("every table has a caption", "Array.from(document.querySelectorAll('table')).every(table => table.caption && table.caption.textContent.trim())"),
            ("every button has a name", "Array.from(document.querySelectorAll('button')).every(button => button.ariaLabel || button.textContent.trim())"),
            ("every picture has a name or is hidden", "Array.from(document.querySelectorAll('svg')).every(picture => picture.closest('[aria-hidden],[role=img]'))"),
            ("no id stands twice", "(ids => ids.length === new Set(ids).size)(Array.from(document.querySelectorAll('[id]'), part => part.id))"),
            ("one heading, one main part", "['h1', 'main', 'body > header', 'footer'].every(part => document.querySelectorAll(part).length === 1)"),
        ]:
            assert browser.js(holds), f"{name}: {what}"


@check
def a_healthy_day_is_one_quiet_screen(visit):
    browser = visit.open("healthy")
    height = browser.js("document.documentElement.scrollHeight")
    assert height < 1000, height
    assert browser.js("document.querySelectorAll('.bad').length") == 0


@check
def hostile_names_run_nothing_make_nothing_and_can_be_read(visit):
    kinds = """Array.from(new Set(Array.from(document.querySelectorAll('*')).flatMap(part =>
        [part.tagName.toLowerCase(), ...part.getAttributeNames().map(name => '@' + name)]))).sort()"""
    # Everything that a hand could set off.
    stir = """document.querySelectorAll('body *').forEach(part => ['mouseover', 'pointerenter', 'focus', 'click', 'load', 'error'].forEach(kind => {
        if (kind !== 'click' || part.tagName === 'BUTTON') part.dispatchEvent(new Event(kind, { bubbles: kind !== 'load' && kind !== 'error' })) }))"""
    known = set()
    for name in ["outage", "healthy", "all"]:
        browser = visit.open(name)
        browser.js(stir)
        known.update(browser.js(kinds))
    browser = visit.open("hostile")
    globals_before = browser.js("Object.getOwnPropertyNames(window).length")
    browser.js(UNFOLD)
    browser.js(stir)
    browser.settle()
    assert browser.js("typeof window.pwned") == "undefined", "something ran"
    assert browser.js("Object.getOwnPropertyNames(window).length") == globals_before, "something was set"
    told = browser.told("Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Log.entryAdded", "Target.targetCreated")
    assert not told, told
    moves = [event["frame"]["url"] for event in browser.told("Page.frameNavigated")]
    assert moves == [visit.address("hostile")], moves
    strange = set(browser.js(kinds)) - known
    assert not strange, f"made from names: {strange}"
    assert browser.js("[document.scripts.length, document.querySelectorAll('style').length]") == [1, 1]
    assert browser.js("Array.from(document.querySelectorAll('[href]')).every(link => /^(#|data:,$)/.test(link.getAttribute('href')))")
    harmful = browser.js(r"(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/.exec(document.documentElement.outerHTML) || [null])[0]")
    assert harmful is None, repr(harmful)
    text = browser.js("document.body.innerText")
    for name in ["<script>window.pwned=1</script>", r"\u{202e}gpj.exe", r"\u{1b}[31;1mred", "=cmd|'/c calc'!A0", "{{ 7*7 }}", r"be\u{0}fore", "<img src=x onerror=window.pwned=12>EX02"]:
        assert name in text, f"{name} cannot be read"
    assert len(text) < 400_000, len(text)
