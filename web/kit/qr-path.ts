/** A QR code (ISO/IEC 18004) as one path: dark on light in both themes, as scanners want it. */
export type QrModules = {
  readonly size: number
  readonly get: (row: number, column: number) => unknown
}

/** Four modules of light all around (ISO/IEC 18004 §9.1). */
const QUIET = 4

export const qrSide = ({ size }: QrModules): number => size + 2 * QUIET

export function qrPath(modules: QrModules): string {
  let path = ''
  for (let y = 0; y < modules.size; y += 1)
    for (let x = 0; x < modules.size; x += 1)
      if (modules.get(y, x)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`
  return path
}
