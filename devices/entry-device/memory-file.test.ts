// Goal: after a loss of power at any operation, with any part of what was not flushed lost, the key
//   memory opens, and never with a counter lower than one that `keep` had returned for.
// Method: a disk that remembers what was flushed; properties over where it stops and what is torn.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Disk, MemoryFileError } from '@warifu/devices/flash'
import fc from 'fast-check'
import { erased, type KeyMemory, RECORD_BYTES } from './key-memory.ts'
import { openMemoryFile, writeFirst } from './memory-file.ts'

const SIZE = 2 * RECORD_BYTES

class PowerLoss extends Error {}

/** Loses power at the n-th operation; of an unflushed write only `torn` bytes may be there. */
function frailDisk(flushed: Uint8Array, { stopAt, torn }: { stopAt: number; torn: number }) {
  const bytes = Uint8Array.from(flushed)
  let [operations, pending] = [0, { at: 0, length: 0 }]
  const count = () => {
    operations += 1
    if (operations !== stopAt) return
    const { at, length } = pending
    const lost = Math.min(length, torn)
    bytes.set(flushed.subarray(at + lost, at + length), at + lost)
    throw new PowerLoss()
  }
  const disk: Disk = {
    read: (length) => bytes.slice(0, length),
    write: (data, at) => {
      bytes.set(data, at)
      pending = { at, length: data.length }
      count()
    },
    sync: () => {
      count()
      flushed.set(bytes)
      pending = { at: 0, length: 0 }
    },
    close: () => {},
  }
  return { disk, bytes: () => bytes }
}

const keysAt = (counter: number) => ({
  initialKeyId: new Uint8Array(8).fill(1),
  counter,
  registers: new Uint8Array(1024).fill(counter % 256),
})
const memoryAt = (counter: number): KeyMemory => ({
  device: 'edv_01KQ0000000000000000000000',
  kbpk: new Uint8Array(32).fill(9),
  keys: keysAt(counter),
  loaded: ['0123456789abcdef'],
  isTampered: false,
})

function firstImage(): Uint8Array {
  const image = new Uint8Array(SIZE)
  writeFirst(frailDisk(image, { stopAt: 0, torn: 0 }).disk, memoryAt(1), 'edv')
  return image
}

const places = fc.record({
  stopAt: fc.integer({ min: 1, max: 20 }),
  torn: fc.integer({ min: 0, max: RECORD_BYTES }),
})

test('no counter that was kept is ever forgotten', () => {
  fc.assert(
    fc.property(places, (place) => {
      const { disk, bytes } = frailDisk(firstImage(), place)
      let kept = 1
      try {
        const file = openMemoryFile(disk, 'edv')
        for (let counter = 2; counter <= 12; counter += 1) {
          file.keep(memoryAt(counter))
          kept = counter
        }
      } catch (error) {
        assert(error instanceof PowerLoss)
      }
      const { memory } = openMemoryFile(frailDisk(bytes(), { stopAt: 0, torn: 0 }).disk, 'edv')
      const found = memory.keys?.counter ?? 0
      assert(found === kept || found === kept + 1, `kept ${kept}, found ${found}`)
      assert(memory.keys?.registers.every((byte) => byte === found % 256))
    }),
    { numRuns: 300 },
  )
})

test('an erasing that was cut is gone on with: both records are without keys', () => {
  fc.assert(
    fc.property(places, (place) => {
      const { disk, bytes } = frailDisk(firstImage(), { ...place, stopAt: 2 + (place.stopAt % 3) })
      assert.throws(() => openMemoryFile(disk, 'edv').erase(erased(memoryAt(1))), PowerLoss)
      const again = frailDisk(bytes(), { stopAt: 0, torn: 0 })
      const { memory } = openMemoryFile(again.disk, 'edv')
      const isErased = !Buffer.from(again.bytes()).includes(Buffer.alloc(32, 9))
      assert.equal(memory.isTampered, isErased)
    }),
    { numRuns: 200 },
  )
})

test('two records that are not whole are told, not guessed', () => {
  const image = firstImage().map((byte, at) => (at % RECORD_BYTES === 100 ? byte ^ 1 : byte))
  const { disk } = frailDisk(image, { stopAt: 0, torn: 0 })
  assert.throws(() => openMemoryFile(disk, 'edv'), MemoryFileError)
})
