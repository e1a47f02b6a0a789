// The report's own script: sorting, filtering, a window on the time axis that the lists follow, tips, copying.
// Without it everything is still there to read. It makes no markup from text: only textContent and attributes.
(function () {
  'use strict';
  const doc = document, root = doc.documentElement, body = doc.body;
  const all = (selector, from) => Array.from((from || doc).querySelectorAll(selector));
  const id = (name) => doc.getElementById(name);
  const make = (tag, className, text) => {
    const made = doc.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  root.classList.add('js');

  // ---- words
  const number = new Intl.NumberFormat('en-US');
  // From which moment on the report's zone is how many minutes ahead of UTC.
  const offsets = body.dataset.offsets.split(',').map((change) => change.split(':').map(Number));
  const ahead = (ms) => (offsets.filter((change) => change[0] <= ms).pop() || offsets[0])[1] * 60000;
  const time = (ms) => new Date(ms + ahead(ms)).toISOString().slice(0, 19).replace('T', ' ');
  const range = (from, to) => {
    const a = time(from), b = time(to);
    return a + ' to ' + (a.slice(0, 10) === b.slice(0, 10) ? b.slice(11) : b);
  };
  const say = (text) => { id('said').textContent = text; };

  // ---- rows: what is hidden, and why
  const lists = all('[data-follow], table[data-filter]').map((list) => {
    const isTable = list.tagName === 'TABLE';
    const rows = all(isTable ? '[data-row]' : ':scope > [data-first]', list).map((item) => ({
      item, from: 'first' in item.dataset ? +item.dataset.first : null, to: +item.dataset.last, text: null }));
    const note = make('p', 'hid');
    note.hidden = true;
    (isTable ? list.closest('.scroll') : list).after(note);
    const made = { list, rows, note, words: [], whole: false, long: +list.dataset.long || 25, follow: 'follow' in list.dataset };
    if (!isTable || !list.dataset.filter || rows.length <= made.long + 2) made.whole = true;
    if (isTable && list.dataset.filter && rows.length >= 5) tools(made);
    return made;
  });

  function tools(made) {
    const { list, rows } = made;
    const bar = make('div', 'tools'), input = make('input'), count = make('span');
    input.type = 'search';
    input.placeholder = list.dataset.filter;
    input.setAttribute('aria-label', list.dataset.filter);
    input.addEventListener('input', () => {
      made.words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      show(made);
    });
    made.count = count;
    bar.append(input, count);
    if (!made.whole) {
      made.all = make('button', '', 'Show all ' + number.format(rows.length));
      made.all.type = 'button';
      made.all.addEventListener('click', () => { made.whole = true; show(made); });
      bar.append(made.all);
    }
    list.closest('.scroll').before(bar);
  }

  let chosen = null; // [from, to] in ms, or null
  function show(made) {
    let seen = 0, outside = 0, fitting = 0;
    for (const row of made.rows) {
      if (made.words.length && row.text === null) row.text = row.item.textContent.toLowerCase();
      const fits = made.words.every((word) => row.text.includes(word));
      const inside = !chosen || !made.follow || row.from === null || (row.from <= chosen[1] && row.to >= chosen[0]);
      if (fits) fitting += 1;
      if (fits && !inside) outside += 1;
      const visible = fits && inside && (made.whole || made.words.length > 0 || seen < made.long);
      if (fits && inside) seen += 1;
      row.item.hidden = !visible;
    }
    made.note.hidden = outside === 0;
    made.note.textContent = outside ? number.format(outside) + ' of ' + number.format(fitting) + ' hidden: outside the chosen window' : '';
    if (made.count) made.count.textContent = made.words.length ? number.format(seen) + ' of ' + number.format(made.rows.length) : '';
    if (made.all) made.all.hidden = made.whole || made.words.length > 0;
  }

  // ---- sorting
  const compare = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;
  for (const table of all('table')) {
    const made = lists.find((known) => known.list === table);
    if (!made || made.rows.length < 2) continue;
    all('thead th', table).forEach((head, column) => {
      if ('nosort' in head.dataset || !head.textContent) return;
      const button = make('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const first = head.classList.contains('n') ? 'descending' : 'ascending';
        const now = head.getAttribute('aria-sort');
        const next = !now ? first : now === 'ascending' ? 'descending' : 'ascending';
        all('thead th', table).forEach((other) => other.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', next);
        const sign = next === 'ascending' ? 1 : -1;
        const key = (row) => {
          const cell = (row.item.rows ? row.item.rows[0] : row.item).cells[column];
          return 'v' in cell.dataset ? +cell.dataset.v : cell.classList.contains('n') ? +cell.textContent.replace(/[^0-9.]/g, '') : cell.textContent.trim();
        };
        const keyed = made.rows.map((row, index) => ({ row, index, key: key(row) }));
        keyed.sort((a, b) => sign * (typeof a.key === 'number' && typeof b.key === 'number' ? a.key - b.key : compare(a.key, b.key)) || a.index - b.index);
        const parent = made.rows[0].item.parentNode;
        made.rows = keyed.map((entry) => entry.row);
        for (const row of made.rows) parent.append(row.item);
        show(made);
        say('Sorted by ' + head.textContent + ', ' + next);
      });
    });
  }

  // ---- the time axis
  const counts = (text) => (text ? text.split(',').map(Number) : []);
  const axes = all('.axis').map((figure) => ({
    figure, plot: figure.querySelector('.plot'), brush: figure.querySelector('.brush'),
    from: +figure.dataset.from, to: +figure.dataset.to, bucket: +figure.dataset.bucket,
    lanes: all('svg[data-ok]', figure).map((svg) => ({ svg, name: svg.dataset.name,
      ok: counts(svg.dataset.ok), no: counts(svg.dataset.no), own: counts(svg.dataset.own), unknown: counts(svg.dataset.unknown), pok: counts(svg.dataset.pok), pno: counts(svg.dataset.pno) })) }));
  const box = (axis) => axis.figure.querySelector('.ticks svg').getBoundingClientRect();
  const snap = (axis, ms, up) => Math.min(axis.to, Math.max(axis.from, axis.from + (up ? Math.ceil : Math.floor)((ms - axis.from) / axis.bucket) * axis.bucket));
  const at = (axis, x) => { const b = box(axis); return axis.from + ((x - b.left) / b.width) * (axis.to - axis.from); };
  const sum = (list, a, b) => list.slice(a, b).reduce((total, n) => total + n, 0);

  function place(axis) {
    const b = box(axis), plot = axis.plot.getBoundingClientRect();
    const [from, to] = chosen || [axis.from, axis.to];
    const a = Math.max(from, axis.from), z = Math.min(to, axis.to);
    axis.brush.hidden = z <= a;
    axis.brush.classList.toggle('whole', !chosen);
    const x = (ms) => ((ms - axis.from) / (axis.to - axis.from)) * b.width;
    axis.brush.style.left = b.left - plot.left + x(a) + 'px';
    axis.brush.style.width = Math.max(2, x(z) - x(a)) + 'px';
    for (const end of all('i', axis.brush)) {
      const value = end.dataset.end === 'from' ? a : z;
      end.setAttribute('aria-valuemin', axis.from);
      end.setAttribute('aria-valuemax', axis.to);
      end.setAttribute('aria-valuenow', value);
      end.setAttribute('aria-valuetext', time(value));
    }
  }

  function choose(window, quietly) {
    chosen = window;
    axes.forEach(place);
    lists.forEach(show);
    id('window').hidden = !chosen;
    if (!chosen) { if (!quietly) say('Window cleared: everything is listed'); return; }
    const main = axes[0]; // the one with all lanes
    const a = Math.max(0, Math.floor((chosen[0] - main.from) / main.bucket)), z = Math.ceil((chosen[1] - main.from) / main.bucket);
    const total = (key) => main.lanes.reduce((sofar, lane) => sofar + sum(lane[key], a, z), 0);
    const failed = total('no') + total('pno'), worked = total('ok') + total('pok');
    const whole = (chosen[0] - main.from) % main.bucket === 0 && (chosen[1] - main.from) % main.bucket === 0;
    id('window-text').textContent = range(chosen[0], chosen[1]);
    id('window-sums').textContent = (whole ? '· ' : '· about ') + number.format(failed) + ' failed, ' + number.format(worked) + ' succeeded ';
    id('window-command').textContent = body.dataset.command + ' --from ' + new Date(chosen[0]).toISOString() + ' --to ' + new Date(chosen[1]).toISOString();
    if (!quietly) say('Window ' + range(chosen[0], chosen[1]) + '; the lists follow');
  }

  for (const axis of axes) {
    let start = null, moved = false;
    const onLane = (event) => event.target.closest && event.target.closest('.plot svg.t') && !event.target.closest('.rail');
    axis.plot.addEventListener('pointerdown', (event) => {
      if (event.button || event.target.tagName === 'I' || !onLane(event)) return;
      start = at(axis, event.clientX);
      moved = false;
      if (event.pointerType === 'mouse') event.preventDefault();
      axis.plot.setPointerCapture(event.pointerId);
    });
    axis.plot.addEventListener('pointermove', (event) => {
      if (start === null) return tip(axis, event, onLane(event));
      const now = at(axis, event.clientX), b = box(axis);
      if (Math.abs(now - start) / (axis.to - axis.from) * b.width < 4) return;
      moved = true;
      id('tip').hidden = true;
      choose([snap(axis, Math.min(start, now), false), snap(axis, Math.max(start, now), true)], true);
    });
    const stop = () => {
      if (start !== null && moved && chosen) choose(chosen);
      else if (start !== null && !moved && chosen) choose(null);
      start = null;
    };
    axis.plot.addEventListener('pointerup', stop);
    axis.plot.addEventListener('pointercancel', () => { start = null; });
    axis.plot.addEventListener('pointerleave', () => { id('tip').hidden = true; });
    for (const end of all('i', axis.brush)) {
      const isFrom = end.dataset.end === 'from';
      const move = (ms) => {
        const [from, to] = chosen || [axis.from, axis.to];
        const next = isFrom ? [Math.min(snap(axis, ms), to - axis.bucket), to] : [from, Math.max(snap(axis, ms), from + axis.bucket)];
        choose(next[0] <= axis.from && next[1] >= axis.to ? null : next);
      };
      end.addEventListener('keydown', (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
        const value = +end.getAttribute('aria-valuenow');
        if (step) move(value + step * axis.bucket);
        else if (event.key === 'Home') move(axis.from);
        else if (event.key === 'End') move(axis.to);
        else return;
        event.preventDefault();
      });
      end.addEventListener('pointerdown', (event) => { end.setPointerCapture(event.pointerId); end.dataset.held = ''; event.stopPropagation(); });
      end.addEventListener('pointermove', (event) => { if ('held' in end.dataset) { move(at(axis, event.clientX)); event.stopPropagation(); } });
      end.addEventListener('lostpointercapture', () => { delete end.dataset.held; });
    }
    axis.figure.addEventListener('toggle', () => place(axis), true);
  }

  function tip(axis, event, over) {
    const box_ = id('tip'), svg = over && event.target.closest('svg.t');
    const lane = svg && axis.lanes.find((known) => known.svg === svg);
    box_.hidden = !lane;
    if (!lane) return;
    const i = Math.floor((at(axis, event.clientX) - axis.from) / axis.bucket), from = axis.from + i * axis.bucket;
    const n = (list) => number.format(list[i] || 0);
    const some = (list, words) => (list[i] ? words + n(list) : '');
    box_.textContent = lane.name + '\n' + range(from, from + axis.bucket) + '\naccounts: ' + n(lane.no) + ' failed' + some(lane.own, ', their own fault: ')
      + ', ' + n(lane.ok) + ' worked' + some(lane.unknown, ', without an answer: ')
      + (lane.pok.length || lane.pno.length ? '\nprobes: ' + n(lane.pno) + ' failed, ' + n(lane.pok) + ' worked' : '');
    box_.style.left = Math.min(event.clientX + 14, root.clientWidth - box_.offsetWidth - 8) + 'px';
    box_.style.top = Math.max(4, event.clientY - box_.offsetHeight - 12) + 'px';
  }

  // ---- clicks and keys
  doc.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.id === 'window-clear') choose(null);
    else if (button.classList.contains('copy')) copy(button);
    else if ('show' in button.dataset) {
      const row = button.closest('[data-first]'), from = +row.dataset.first, to = +row.dataset.last;
      choose([from, Math.max(to, from + 1000)]);
    }
  });
  doc.addEventListener('keydown', (event) => { if (event.key === 'Escape' && chosen) choose(null); });

  async function copy(button) {
    const code = button.parentNode.querySelector('code'), text = code.textContent, label = button.textContent;
    try { await navigator.clipboard.writeText(text); } catch (refused) {
      const area = make('textarea');
      area.value = text;
      body.append(area);
      area.select();
      doc.execCommand('copy');
      area.remove();
    }
    button.textContent = 'Copied';
    button.classList.add('done');
    say('Copied');
    setTimeout(() => { button.textContent = label; button.classList.remove('done'); }, 1200);
  }

  // ---- links open what they lead to; paper shows everything
  function reveal() {
    const target = location.hash.length > 1 && id(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let up = target; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true;
    const inside = lists.find((known) => known.list.contains(target));
    if (inside) { inside.whole = true; show(inside); }
    target.scrollIntoView();
  }
  addEventListener('hashchange', reveal);
  addEventListener('resize', () => axes.forEach(place));
  let opened = [];
  addEventListener('beforeprint', () => { opened = all('.section:not([open]), .todo details:not([open]), .finding details:not([open])'); opened.forEach((one) => { one.open = true; }); });
  addEventListener('afterprint', () => { opened.forEach((one) => { one.open = false; }); });
  lists.forEach(show);
  axes.forEach(place);
  reveal();
})();
