import { integerBetween, oneOf, type Random } from '../../seeded-random.ts'

/** A text that a regular expression matches, or undefined where it uses more than groups, classes and quantifiers. */
export function textMatching({ pattern, random }: { pattern: string; random: Random }): string | undefined {
  try {
    const whole = new RegExp(pattern, 'u')
    for (let attempt = 0; attempt < 20; attempt++) {
      const text = new PatternReader(pattern, random).alternatives()
      if (whole.test(text)) return text
    }
  } catch {
    // Not a pattern, or one with lookaround, back references or Unicode classes.
  }
  return undefined
}

/** Reads a pattern from left to right and writes a text as it goes. */
class PatternReader {
  private position = 0
  private readonly pattern: string
  private readonly random: Random

  constructor(pattern: string, random: Random) {
    this.pattern = pattern
    this.random = random
  }

  alternatives(): string {
    const texts = [this.sequence()]
    while (this.take('|')) texts.push(this.sequence())
    return oneOf(texts, this.random)
  }

  private sequence(): string {
    let text = ''
    while (this.position < this.pattern.length && !this.isAt('|') && !this.isAt(')')) text += this.repeated()
    return text
  }

  private repeated(): string {
    const start = this.position
    const first = this.atom()
    const end = this.position
    const { least, most } = this.quantifier()
    const after = this.position
    const count = integerBetween({ least, most, random: this.random })
    if (count === 0) return ''
    let text = first
    for (let index = 1; index < count; index++) {
      // Read again, so that each repetition draws its own characters.
      this.position = start
      text += this.atom()
      if (this.position !== end) throw new SyntaxError('unbalanced pattern')
    }
    this.position = after
    return text
  }

  private atom(): string {
    const character = this.next()
    switch (character) {
      case '(': {
        if (this.take('?') && !this.take(':')) {
          const name = /^<\w+>/.exec(this.pattern.slice(this.position))
          if (name === null) throw new SyntaxError('lookaround')
          this.position += name[0].length
        }
        const text = this.alternatives()
        this.expect(')')
        return text
      }
      case '[':
        return oneOf(this.characterClass(), this.random)
      case '.':
        return oneOf(wordCharacters, this.random)
      case '^':
      case '$':
        return ''
      case '\\':
        return this.escaped()
      default:
        return character
    }
  }

  private escaped(): string {
    const set = this.escapedSet()
    return set.length === 0 ? '' : oneOf(set, this.random)
  }

  /** The characters an escape stands for; none for a word boundary. */
  private escapedSet(): readonly string[] {
    const character = this.next()
    if (character === 'b' || character === 'B') return []
    if (character === 'u') {
      const code = /^[0-9a-fA-F]{4}/.exec(this.pattern.slice(this.position))
      if (code === null) throw new SyntaxError('unicode escape')
      this.position += 4
      return [String.fromCharCode(Number.parseInt(code[0], 16))]
    }
    const set = escapes[character]
    if (set !== undefined) return set
    if (/[\w]/.test(character)) throw new SyntaxError(`escape \\${character}`)
    return [character]
  }

  private characterClass(): readonly string[] {
    const isNegated = this.take('^')
    const members = new Set<string>()
    while (!this.isAt(']')) {
      const [first, ...others] = this.classMembers()
      if (first === undefined) continue
      if (others.length === 0 && this.isAt('-') && this.pattern[this.position + 1] !== ']') {
        this.next()
        const [last = first] = this.classMembers()
        for (const member of charactersBetween(first, last)) members.add(member)
      } else {
        for (const member of [first, ...others]) members.add(member)
      }
    }
    this.expect(']')
    return isNegated ? printable.filter((character) => !members.has(character)) : [...members]
  }

  private classMembers(): readonly string[] {
    return this.take('\\') ? this.escapedSet() : [this.next()]
  }

  private quantifier(): { least: number; most: number } {
    let range = { least: 1, most: 1 }
    if (this.take('*')) range = { least: 0, most: 3 }
    else if (this.take('+')) range = { least: 1, most: 4 }
    else if (this.take('?')) range = { least: 0, most: 1 }
    else {
      const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.pattern.slice(this.position))
      if (counted === null) return range
      this.position += counted[0].length
      const least = Number(counted[1])
      const most = counted[2] === undefined ? least : Math.min(Number(counted[3] || Infinity), least + 8)
      range = { least, most }
    }
    this.take('?')
    return range
  }

  private isAt(character: string): boolean {
    return this.pattern[this.position] === character
  }

  private take(character: string): boolean {
    if (!this.isAt(character)) return false
    this.position++
    return true
  }

  private next(): string {
    const point = this.pattern.codePointAt(this.position)
    if (point === undefined) throw new SyntaxError('pattern ends early')
    const character = String.fromCodePoint(point)
    this.position += character.length
    return character
  }

  private expect(character: string): void {
    if (!this.take(character)) throw new SyntaxError(`expected ${character}`)
  }
}

function charactersBetween(first: string, last: string): string[] {
  const from = first.codePointAt(0) ?? 0
  const to = Math.min(last.codePointAt(0) ?? 0, from + 200)
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => String.fromCodePoint(from + index))
}

const digits = charactersBetween('0', '9')
const letters = [...charactersBetween('a', 'z'), ...charactersBetween('A', 'Z')]
const wordCharacters = [...letters, ...digits, '_']
const printable = charactersBetween(' ', '~')

const escapes: Readonly<Record<string, readonly string[]>> = {
  d: digits,
  w: wordCharacters,
  s: [' '],
  D: letters,
  W: ['-', '.', ' '],
  S: wordCharacters,
  n: ['\n'],
  r: ['\r'],
  t: ['\t'],
}
