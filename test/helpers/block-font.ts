/**
 * A font of which each letter is the same block, as a TrueType file. Text set in it is as wide on every machine, whichever
 * fonts that has, so that pictures of a page can be compared.
 */
export function blockFont(): Buffer {
  const tables = new Map([
    ['OS/2', os2Table()],
    ['cmap', cmapTable()],
    ['glyf', block],
    ['head', headTable()],
    ['hhea', hheaTable()],
    ['hmtx', numbers('HHHHHH', [advance, 0, advance, blockLeft, advance, 0])],
    // Where each shape begins: of none, of the block, of none, and the end.
    ['loca', numbers('HHHH', [0, 0, block.length / 2, block.length / 2])],
    ['maxp', numbers('LHHHHHHHHHHHHHH', [0x0001_0000, glyphs, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['name', numbers('HHH', [0, 0, 6])],
    ['post', numbers('LLHHLLLLL', [0x0003_0000, 0, 0, 0, 1, 0, 0, 0, 0])],
  ])
  return fontFile(tables)
}

const unitsPerEm = 1000
const advance = 550
const [blockLeft, blockRight, blockTop] = [60, 490, 620]
const [ascent, descent] = [800, 200]
/** One for what there is not, the block, and one for spaces. */
const glyphs = 3

/** H: 16 bits, L: 32 bits; a number below 0 has the bits of its complement. */
function numbers(format: string, values: readonly number[]): Buffer {
  const parts = [...format].map((size, index) => {
    const part = Buffer.alloc(size === 'H' ? 2 : 4)
    const value = values[index] ?? 0
    if (size === 'H') part.writeUInt16BE(value & 0xffff)
    else part.writeUInt32BE(value >>> 0)
    return part
  })
  return Buffer.concat(parts)
}

/** A rectangle of four points, all on the line: the flags, then the steps from point to point. */
const block = Buffer.concat([
  numbers('HHHHH', [1, blockLeft, 0, blockRight, blockTop]),
  numbers('HH', [3, 0]),
  Buffer.from([1, 1, 1, 1]),
  numbers('HHHH', [blockLeft, 0, blockRight - blockLeft, 0]),
  numbers('HHHH', [0, blockTop, 0, -blockTop]),
])

/** Every letter is the block, every space is empty: format 13 gives many letters one shape. */
function cmapTable(): Buffer {
  const ranges = [
    [0x20, 0x20, 2],
    [0x21, 0x9f, 1],
    [0xa0, 0xa0, 2],
    [0xa1, 0x10_ffff, 1],
  ]
  const groups = ranges.map((range) => numbers('LLL', range))
  const length = 16 + 12 * groups.length
  return Buffer.concat([
    numbers('HH', [0, 1]),
    numbers('HHL', [3, 10, 12]),
    numbers('HHLLL', [13, 0, length, 0, groups.length]),
    ...groups,
  ])
}

function headTable(): Buffer {
  return Buffer.concat([
    numbers('LLLLHH', [0x0001_0000, 0x0001_0000, 0, 0x5f0f_3cf5, 0x0003, unitsPerEm]),
    numbers('LLLL', [0, 0, 0, 0]),
    numbers('HHHHHHHHH', [blockLeft, 0, blockRight, blockTop, 0, 8, 2, 0, 0]),
  ])
}

function hheaTable(): Buffer {
  return numbers('LHHHHHHHHHHHHHHHH', [
    0x0001_0000,
    ...[ascent, -descent, 0, advance, blockLeft, advance - blockRight, blockRight],
    ...[1, 0, 0, 0, 0, 0, 0, 0, glyphs],
  ])
}

function os2Table(): Buffer {
  return Buffer.concat([
    numbers('HHHHHHHHHHHHHHHH', [3, advance, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0]),
    Buffer.alloc(10),
    numbers('LLLL', [1, 0, 0, 0]),
    Buffer.from('NONE'),
    numbers('HHH', [0x40, 0x20, 0xffff]),
    numbers('HHHHH', [ascent, -descent, 0, ascent, descent]),
    numbers('LL', [1, 0]),
    numbers('HHHHH', [500, blockTop, 0, 0x20, 1]),
  ])
}

/** The tables behind a directory of them, each with its checksum and its place. */
function fontFile(tables: ReadonlyMap<string, Buffer>): Buffer {
  const entrySelector = Math.floor(Math.log2(tables.size))
  const searchRange = 16 * 2 ** entrySelector
  const header = numbers('LHHHH', [
    0x0001_0000,
    tables.size,
    searchRange,
    entrySelector,
    16 * tables.size - searchRange,
  ])
  const entries: Buffer[] = []
  const bodies: Buffer[] = []
  let place = header.length + 16 * tables.size
  for (const [tag, table] of tables) {
    const padded = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)])
    entries.push(Buffer.concat([Buffer.from(tag), numbers('LLL', [checksumOf(padded), place, table.length])]))
    bodies.push(padded)
    place += padded.length
  }
  return Buffer.concat([header, ...entries, ...bodies])
}

function checksumOf(table: Buffer): number {
  let sum = 0
  for (let place = 0; place < table.length; place += 4) sum = (sum + table.readUInt32BE(place)) >>> 0
  return sum
}
