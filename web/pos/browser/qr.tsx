/** A QR code for customers to scan. */
import { qrPath, qrSide } from '@warifu/web/kit'
import { create } from 'qrcode'
import { memo } from 'react'

type Props = { readonly text: string; readonly label: string }

/** Drawn once, whatever ticks around it. */
export const Qr = memo(function Qr({ text, label }: Props) {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const side = qrSide(modules)
  return (
    <svg className="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label}>
      <rect width={side} height={side} fill="#fff" />
      <path d={qrPath(modules)} fill="#15191e" shapeRendering="crispEdges" />
    </svg>
  )
})
