import type { Page } from 'playwright-core'

/** Two pictures beside each other, as PNG in base64. */
export interface PictureDifference {
  /** The new one with a cell of 4 × 4 pixels as one, as pictures are kept. */
  readonly kept: string
  /** The same with what differs in red. */
  readonly marked: string
  /** The share of cells that differ; 1 where the sizes do. */
  readonly share: number
}

/**
 * Compares a picture with one that was kept. What is smaller than a cell, such as how the edge of a letter is smoothed, does
 * not count. It is done in a page, since browsers read PNG.
 */
export function comparePictures(page: Page, picture: Buffer, kept: Buffer | undefined): Promise<PictureDifference> {
  const given = { picture: picture.toString('base64'), kept: kept?.toString('base64') }
  return page.evaluate(async ({ picture, kept }) => {
    const cell = 4
    /** Of 255; a column that has moved by its own width differs by far more. */
    const tolerance = 48
    const pixelsOf = async (base64: string) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
      const context = canvas.getContext('2d')
      if (context === null) throw new Error('there is no canvas')
      context.drawImage(bitmap, 0, 0)
      return context.getImageData(0, 0, bitmap.width, bitmap.height)
    }
    const smaller = ({ data, width, height }: ImageData) => {
      const small = new ImageData(Math.floor(width / cell), Math.floor(height / cell))
      for (let place = 0; place < small.data.length; place += 1) {
        const [channel, index] = [place % 4, Math.floor(place / 4)]
        const [left, top] = [cell * (index % small.width), cell * Math.floor(index / small.width)]
        let sum = 0
        for (let y = 0; y < cell; y += 1) {
          for (let x = 0; x < cell; x += 1) sum += data[4 * ((top + y) * width + left + x) + channel] ?? 0
        }
        small.data[place] = sum / cell ** 2
      }
      return small
    }
    const pngOf = async (image: ImageData) => {
      const canvas = new OffscreenCanvas(image.width, image.height)
      canvas.getContext('2d')?.putImageData(image, 0, 0)
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    }
    const now = smaller(await pixelsOf(picture))
    const before = kept === undefined ? undefined : await pixelsOf(kept)
    const small = await pngOf(now)
    if (before === undefined || before.width !== now.width || before.height !== now.height) {
      return { kept: small, marked: small, share: 1 }
    }
    let differing = 0
    for (let place = 0; place < now.data.length; place += 4) {
      const isOther = [0, 1, 2].some(
        (channel) => Math.abs((now.data[place + channel] ?? 0) - (before.data[place + channel] ?? 0)) > tolerance,
      )
      if (!isOther) continue
      differing += 1
      now.data.set([255, 0, 0, 255], place)
    }
    return { kept: small, marked: await pngOf(now), share: (4 * differing) / now.data.length }
  }, given)
}
