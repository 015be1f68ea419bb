/**
 * What the device makes sure of before it takes a card: its cryptography gives published answers.
 * A device that fails does not start.
 */
import { cmac } from '@warifu/crypto/cmac'
import { deriveInitialKey, deriveWorkingKeys } from '@warifu/crypto/dukpt-aes'
import { createDeviceState, deviceNextKey } from '@warifu/crypto/dukpt-device'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const isHex = (found: Uint8Array, hex: string): boolean => Buffer.from(found).equals(bytes(hex))

/** ANSI X9.24-3:2017, Supplement Test Vectors: AES-128. */
const bdk = 'FEDCBA9876543210F1F1F1F1F1F1F1F1'
const initialKeyId = '1234567890123456'

type Case = readonly [name: string, made: () => Uint8Array, published: string]

const cases: readonly Case[] = [
  ['AES-CMAC (RFC 4493 §4, example 2)', macOfExample, '070A16B46B4D4144F79BDD9DD04A287C'],
  ['initial key (X9.24-3 supplement)', initialKeyOf, '1273671EA26AC29AFA4D1084127652A1'],
  ['working key (X9.24-3 supplement)', firstDataKey, 'A35C412EFD41FDB98B69797C02DCD08F'],
]

function macOfExample(): Uint8Array {
  const message = bytes('6BC1BEE22E409F96E93D7E117393172A')
  return cmac(bytes('2B7E151628AED2A6ABF7158809CF4F3C'), message)
}

function initialKeyOf(): Uint8Array {
  return deriveInitialKey({ bdk: bytes(bdk), initialKeyId: bytes(initialKeyId) })
}

/** The data encryption key of the first transaction, by the registers that a device has. */
function firstDataKey(): Uint8Array {
  const initialKey = initialKeyOf()
  const state = createDeviceState({ initialKey, initialKeyId: bytes(initialKeyId) })
  const { ksn, transactionKey } = deviceNextKey(state)
  const wanted = [{ usage: 'data_encrypt', keyType: 'aes128' }] as const
  return deriveWorkingKeys({ transactionKey, ksn, wanted })[0] ?? new Uint8Array(0)
}

/** The names of what went wrong; none, where all is well. */
export const selfTest = (): string[] =>
  cases.filter(([, made, published]) => !isHex(made(), published)).map(([name]) => name)
