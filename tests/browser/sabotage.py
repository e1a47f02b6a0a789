"""How to break the page so that a check must notice: for each check the page, the words, and what takes their place.

A check that cannot fail says nothing. `run --sabotage` does all of this, and fails where a check does not.
"""

SABOTAGE = {
    "nothing_is_told_on_the_console_and_nothing_but_the_file_is_asked_for": [
        ("outage", "'use strict';", "'use strict'; console.warn('x');"),
        ("healthy", "'use strict';", "'use strict'; nothing.at.all();"),
        ("all", 'href="data:,"', 'href="icon.png"'),
        ("hostile", "<footer>", '<footer style="color: red">'),
    ],
    "no_page_scrolls_sideways": [("healthy", "<footer>", "<footer><pre>" + "wide" * 100 + "</pre>")],
    "the_first_screen_has_the_verdict_the_outages_and_what_to_do": [
        ("outage", '<section id="verdict"', "<br>" * 40 + '<section id="verdict"'),
        ("outage", '<rect class="outage" x', '<rect x'),
    ],
    "tables_sort_by_numbers_times_and_text_in_both_directions": [
        ("outage", "a.key - b.key", "0"),
        ("outage", "compare(a.key, b.key)", "0"),
        ("outage", "next === 'ascending' ? 1 : -1", "1"),
        ("outage", "parent.append(row.item)", "parent.append(row.item.rows ? row.item.rows[0] : row.item)"),
    ],
    "long_tables_show_their_beginning_and_all_when_asked": [
        ("all", "made.whole = true; show(made); }", "}"),
        ("all", "|| seen < made.long", "|| true"),
    ],
    "words_filter_a_table_and_it_says_how_many_are_left": [
        ("outage", "row.text.includes(word)", "true"),
        ("outage", "input.value.toLowerCase()", "input.value"),
        ("outage", "number.format(seen) + ' of '", "'some of '"),
    ],
    "a_window_drawn_with_the_mouse_narrows_the_lists_and_clearing_restores_them": [
        ("outage", "('pointermove', (event) => {\n      if (start", "('pointermoved', (event) => {\n      if (start"),
        ("outage", "lists.forEach(show);\n    id('window')", "id('window')"),
        ("outage", "event.key === 'Escape'", "event.key === 'Esc'"),
        ("outage", "'window-clear') choose(null)", "'window-clear') choose(chosen)"),
        ("outage", "+ ' --from '", "+ ' --since '"),
    ],
    "an_outage_chooses_its_time_and_its_failures_are_counted": [
        ("outage", "'show' in button.dataset", "false"),
        ("outage", "total('no') + total('pno')", "total('no')"),
    ],
    "the_window_is_moved_by_keys_and_tells_where_it_is": [
        ("outage", "ArrowRight: 1", "ArrowRight: 2"),
        ("outage", "event.key === 'Home'", "event.key === 'Pos1'"),
        ("outage", "end.setAttribute('aria-valuetext', time(value))", ""),
    ],
    "a_step_under_the_mouse_tells_its_counts": [("outage", "return tip(axis, event, onLane(event))", "return")],
    "failures_by_the_accounts_own_fault_are_paler_and_told_apart": [
        ("credentials", ".own { fill: var(--own); }", ".own { fill: var(--no); }"),
        ("credentials", "some(lane.own,", "some([],"),
    ],
    "many_servers_stand_below_each_other_and_their_cells_add_up_to_the_report": [
        ("all", ".well { fill: var(--ok); opacity: .3; }", ".well { fill: var(--card); }"),
        ("all", ".own { fill: var(--own); }", ".own { fill: var(--no); }"),
        ("all", "00: 1 of ", "00: 2 of "),
        ("all", 'height="15" fill="url(#no-log)"', 'height="15" fill="none"'),
        ("all", '<rect class="well" x', '<rect x'),
        ("all", "</b> of 1", "</b> of 2"),
        ("outage", "<footer>", '<footer><i id="heat"></i>'),
    ],
    "a_command_is_copied_whole": [("outage", "parentNode.querySelector('code')", "closest('li')")],
    "a_link_opens_the_folded_part_that_it_leads_into": [("hostile", "addEventListener('hashchange', reveal)", "")],
    "light_and_dark_differ_and_both_can_be_read": [
        ("outage", "--soft: #5b626d", "--soft: #8b929d"),
        ("outage", "--soft: #a0a8b3", "--soft: #60686f"),
        ("outage", "(prefers-color-scheme: dark)", "(max-width: 1px)"),
    ],
    "on_paper_all_parts_are_open_and_nothing_waits_for_a_click": [
        ("healthy", "addEventListener('beforeprint'", "addEventListener('never'"),
        ("healthy", "addEventListener('afterprint'", "addEventListener('never'"),
        ("healthy", ".section::details-content", ".none::details-content"),
        ("outage", "  button, .tools, .window, .brush, .tip, .skip, .needs-js,", "  .none,"),
    ],
    "without_its_script_everything_is_there_to_read": [
        ("outage", "html:not(.js) .needs-js", "html:not(.js) .none"),
        ("outage", "<tr data-row", "<tr hidden data-row"),
        ("outage", "Restart-Service", "Service"),
        ("healthy", '<details class="section" id="failures"', '<details class="section" id="failed"'),
    ],
    "those_who_listen_are_told_what_is_what": [
        ("outage", '<th scope="row">', "<th>"),
        ("healthy", "<caption", "<p hidden"),
        ("all", 'id="findings"', 'id="verdict"'),
        ("hostile", ' role="img"', ""),
    ],
    "a_healthy_day_is_one_quiet_screen": [("healthy", 'class="section" id', 'class="section" open id')],
    "hostile_names_run_nothing_make_nothing_and_can_be_read": [
        ("hostile", "<footer>", "<footer><script>window.pwned=1</script>"),
        ("hostile", "<footer>", "<footer><img src=x onerror=window.pwned=1>"),
        ("hostile", "<footer>", '<footer><a href="javascript:window.pwned=1">x</a>'),
        ("hostile", "<footer>", "<footer><b title=x nonsense=y>x</b>"),
        ("hostile", "'use strict';", "'use strict'; addEventListener('mouseover', () => { window.other = 1 });"),
        ("hostile", "'use strict';", "'use strict'; addEventListener('mouseover', () => alert(1));"),
        ("hostile", "&lt;script&gt;window.pwned=1", "script window.pwned=1"),
        ("hostile", r"\u{202e}", "\u202e"),
    ],
}
