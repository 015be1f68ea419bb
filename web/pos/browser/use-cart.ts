/** The cart of this tab. It outlives a reload; whoever closes the tab has left the order. */
import { useState } from 'react'
import { type Cart, emptyCart, readCart } from './cart.ts'
import { useGround } from './ground.tsx'

export function useCart(kept: string) {
  const { newDraft } = useGround()
  const [cart, setCart] = useState(
    () => readCart(sessionStorage.getItem(kept)) ?? emptyCart(newDraft()),
  )
  const change = (next: Cart) => {
    sessionStorage.setItem(kept, JSON.stringify(next))
    setCart(next)
  }
  return { cart, change, clear: () => change(emptyCart(newDraft())) }
}
