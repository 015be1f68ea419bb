/** The plain elements of a picture as React's, painted by the classes of xray.css. */
import type { SvgElement } from '@warifu/web/xray'
import { createElement, type ReactNode } from 'react'

const camel = (name: string): string =>
  name.startsWith('data-')
    ? name
    : name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

const classOf = ({ paint: { fill, stroke } }: SvgElement): string =>
  [fill && `xray-fill-${fill}`, stroke && `xray-stroke-${stroke}`].filter(Boolean).join(' ')

export function drawn(element: SvgElement, key: string | number = ''): ReactNode {
  const { tag, attributes, children } = element
  const named = Object.entries(attributes).map(([name, value]) => [camel(name), value] as const)
  const className = classOf(element)
  const props = { ...Object.fromEntries(named), ...(className === '' ? {} : { className }), key }
  const inside = children.map((one, at) =>
    typeof one === 'string' ? one : drawn(one, keyOf(one, at)),
  )
  return createElement(tag, props, ...inside)
}

/** An arrow stays the same element while the picture around it grows. */
const keyOf = ({ attributes }: SvgElement, at: number): string | number =>
  attributes['data-hop'] === undefined ? at : `hop-${attributes['data-hop']}`
