// Choosing the words to code with a mouse or a keyboard: fills in the places that the form asks for, in code points. The form can be
// filled in without it.
(() => {
  const text = document.getElementById('stuk');
  const from = document.getElementById('van');
  const to = document.getElementById('tot');
  const words = document.getElementById('woorden');
  const chosen = document.getElementById('gekozen');
  const sentences = document.querySelectorAll('input[name="zin"]');
  const points = (units) => Array.from(text.value.slice(0, units)).length;
  const units = (count) => Array.from(text.value).slice(0, count).join('').length;

  const show = (start, end) => {
    chosen.textContent = end > start ? `${chosen.dataset.words} ${text.value.slice(start, end)}` : '';
  };
  const forget = () => {
    from.value = '';
    to.value = '';
    show(0, 0);
  };
  const choose = () => {
    let { selectionStart: start, selectionEnd: end } = text;
    while (start < end && /\s/.test(text.value[start])) start++;
    while (end > start && /\s/.test(text.value[end - 1])) end--;
    if (start === end || document.activeElement !== text) return;
    from.value = points(start);
    to.value = points(end);
    words.value = '';
    for (const sentence of sentences) sentence.checked = false;
    show(start, end);
  };

  // Not readonly: then browsers show no place in the text, and arrow keys choose nothing. It stays as it is all the same.
  const whole = text.value;
  text.addEventListener('beforeinput', (event) => event.preventDefault());
  text.addEventListener('input', () => {
    text.value = whole;
  });
  for (const event of ['select', 'keyup', 'mouseup']) text.addEventListener(event, choose);
  for (const sentence of sentences) sentence.addEventListener('change', forget);
  words.addEventListener('input', forget);
  for (const place of [from, to]) place.addEventListener('input', () => show(0, 0));
  document.getElementById('selecteren').hidden = false;
  if (from.value && to.value) {
    text.setSelectionRange(units(Number(from.value)), units(Number(to.value)));
    show(text.selectionStart, text.selectionEnd);
  }
})();
