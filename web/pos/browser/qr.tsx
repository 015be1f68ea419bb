/** A QR code (ISO/IEC 18004) as one path: dark on light in both themes, as scanners want it. */
import { create } from 'qrcode'
import { memo } from 'react'

type Props = { readonly text: string; readonly label: string }

/** Four modules of light all around (ISO/IEC 18004 §9.1). */
const QUIET = 4

/** Drawn once, whatever ticks around it. */
export const Qr = memo(function Qr({ text, label }: Props) {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const side = modules.size + 2 * QUIET
  let path = ''
  for (let y = 0; y < modules.size; y += 1)
    for (let x = 0; x < modules.size; x += 1)
      if (modules.get(y, x)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`
  return (
    <svg className="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label}>
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#15191e" shapeRendering="crispEdges" />
    </svg>
  )
})
