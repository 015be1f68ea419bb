/**
 * The simulated SIM with a memory that outlives it: whatever a command changes is on the disk
 * before its answer leaves, and a try is on the disk before its PIN is compared.
 */
import type { CardSlot } from '@warifu/devices/card-slot'
import { type Disk, nameFile, openDisk, openRecords, writeFirst } from '@warifu/devices/flash'
import { memoryFormat } from './card-memory.ts'
import { type Making, makeSimCard, powered, reset, type SimCard } from './state.ts'
import { ATR, exchange } from './uicc.ts'

/** A new card's file: whole, or not there. */
export function makeSimFile(path: string, making: Making): void {
  const aside = `${path}.new`
  const disk = openDisk(aside, 'w+')
  writeFirst(disk, memoryFormat, makeSimCard(making).memory)
  disk.close()
  nameFile(aside, path)
}

export type KeptSim = {
  readonly transmit: (apdu: Uint8Array) => Uint8Array
  /** Power off and on, or the reset line: what was known of the session is forgotten. */
  readonly reset: () => void
  readonly close: () => void
}

export function openSim(disk: Disk): KeptSim {
  const { memory, keep, close } = openRecords(disk, memoryFormat)
  let card: SimCard = { memory, session: powered }
  const become = (next: SimCard) => {
    if (next.memory !== card.memory) keep(next.memory)
    card = next
  }
  const transmit = (apdu: Uint8Array): Uint8Array => {
    const work = exchange(card, apdu)
    let step = work.next()
    while (step.done !== true) {
      become(step.value)
      step = work.next()
    }
    become(step.value.state)
    return step.value.reply
  }
  return {
    transmit,
    reset: () => {
      card = reset(card)
    },
    close,
  }
}

/** The simulated card in this process, where there is no PC/SC. */
export function simulatedSlot(path: string): CardSlot {
  const sim = openSim(openDisk(path, 'r+'))
  return {
    name: 'in process',
    atr: ATR,
    transmit: (apdu) => Promise.resolve(sim.transmit(apdu)),
    close: () => Promise.resolve(sim.close()),
  }
}
