// Counting lines.

const LINE_END = 10;

/**
 * How many lines there are in pieces of bytes, wherever they were cut. A last line without an end counts.
 *
 * @param {Iterable<Uint8Array>} pieces
 * @returns {number}
 */
export function countLines(pieces) {
  let lines = 0;
  let isOpen = false;
  for (const piece of pieces) {
    for (let at = piece.indexOf(LINE_END); at >= 0; at = piece.indexOf(LINE_END, at + 1)) {
      lines += 1;
    }
    isOpen = piece.length > 0 ? piece[piece.length - 1] !== LINE_END : isOpen;
  }
  return isOpen ? lines + 1 : lines;
}
