/** Which known name somebody may have meant. */

/** Longer names are cut: the time grows with the length. */
const MAX_LENGTH = 64;

/** @param {string} name @param {string[]} names @returns {string} the most similar one of `names` */
export function nearest(name, names) {
  const wanted = name.slice(0, MAX_LENGTH).toLowerCase();
  const distances = names.map((known) => editDistance(wanted, known.toLowerCase()));
  return names[distances.indexOf(Math.min(...distances))];
}

/** Levenshtein's. @param {string} a @param {string} b */
function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, character] of [...a].entries()) {
    const above = row;
    row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      row.push(Math.min(above[j] + Number(character !== b[j]), above[j + 1] + 1, row[j] + 1));
    }
  }
  return row[b.length];
}
