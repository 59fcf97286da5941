/**
 * Letters of five by seven dots, a row per character of the string (each a five-bit number in base 32), so that pictures
 * carry readable text on machines without any font.
 */
const dots: Record<string, string> = {
  A: 'e:h:h:v:h:h:h',
  B: 'u:h:h:u:h:h:u',
  C: 'e:h:g:g:g:h:e',
  D: 'u:h:h:h:h:h:u',
  E: 'v:g:g:u:g:g:v',
  F: 'v:g:g:u:g:g:g',
  G: 'e:h:g:n:h:h:f',
  H: 'h:h:h:v:h:h:h',
  I: 'e:4:4:4:4:4:e',
  J: '7:2:2:2:2:i:c',
  K: 'h:i:k:o:k:i:h',
  L: 'g:g:g:g:g:g:v',
  M: 'h:r:l:l:h:h:h',
  N: 'h:p:l:j:h:h:h',
  O: 'e:h:h:h:h:h:e',
  P: 'u:h:h:u:g:g:g',
  Q: 'e:h:h:h:l:i:d',
  R: 'u:h:h:u:k:i:h',
  S: 'f:g:g:e:1:1:u',
  T: 'v:4:4:4:4:4:4',
  U: 'h:h:h:h:h:h:e',
  V: 'h:h:h:h:h:a:4',
  W: 'h:h:h:l:l:r:h',
  X: 'h:h:a:4:a:h:h',
  Y: 'h:h:a:4:4:4:4',
  Z: 'v:1:2:4:8:g:v',
  0: 'e:h:j:l:p:h:e',
  1: '4:c:4:4:4:4:e',
  2: 'e:h:1:6:8:g:v',
  3: 'v:1:2:6:1:h:e',
  4: '2:6:a:i:v:2:2',
  5: 'v:g:u:1:1:h:e',
  6: '6:8:g:u:h:h:e',
  7: 'v:1:2:4:8:8:8',
  8: 'e:h:h:e:h:h:e',
  9: 'e:h:h:f:1:2:c',
  '.': '0:0:0:0:0:c:c',
  ',': '0:0:0:0:4:4:8',
  '!': '4:4:4:4:4:0:4',
  '?': 'e:h:1:2:4:0:4',
  "'": '4:4:8:0:0:0:0',
  '"': 'a:a:a:0:0:0:0',
  '-': '0:0:0:v:0:0:0',
  ':': '0:c:c:0:c:c:0',
  ';': '0:c:c:0:c:4:8',
  '(': '2:4:8:8:8:4:2',
  ')': '8:4:2:2:2:4:8',
  '/': '0:1:2:4:8:g:0',
  '+': '0:4:4:v:4:4:0',
  '=': '0:0:v:0:v:0:0',
  '%': 'o:p:2:4:8:j:3',
  '#': 'a:a:v:a:v:a:a',
  '&': 'c:i:k:8:l:i:d',
  '*': '0:4:l:e:l:4:0',
  '[': 'e:8:8:8:8:8:e',
  ']': 'e:2:2:2:2:2:e',
  _: '0:0:0:0:0:0:v',
};
const unknown = 'v:h:h:h:h:h:v';
const ROWS = 7;
const COLUMNS = 5;

/** An SVG path that draws a line of text with its upper left corner at x, y; `dot` is the side of a dot. */
export function lettersPath(text: string, x: number, y: number, dot: number): string {
  let path = '';
  for (const [at, letter] of [...text.toUpperCase()].entries()) {
    if (letter === ' ') continue;
    const rows = (dots[letter] ?? unknown).split(':');
    for (let row = 0; row < ROWS; row += 1) {
      const bits = Number.parseInt(rows[row] ?? '0', 32);
      for (let column = 0; column < COLUMNS; column += 1) {
        if (((bits >> (COLUMNS - 1 - column)) & 1) === 0) continue;
        path += `M${x + (at * (COLUMNS + 1) + column) * dot} ${y + row * dot}h${dot}v${dot}h-${dot}z`;
      }
    }
  }
  return path;
}

/** Breaks text at words into lines of at most `columns` letters, at most `lines` of them. */
export function wrap(text: string, columns: number, lines: number): string[] {
  const wrapped: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') wrapped.push(line);
    line = word.slice(0, columns);
  }
  wrapped.push(line);
  return wrapped.slice(0, lines);
}
