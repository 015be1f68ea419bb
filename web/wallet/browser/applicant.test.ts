/**
 * Goal: what people write arrives as they meant it; what cannot be read is told before it is sent.
 * Method: forms as they are written in several countries, and the contract as the judge.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applicant } from '@warifu/protocol/objects'
import { Check } from 'typebox/value'
import { applicantOf, blankFields, faultsOf, phoneOf } from './applicant.ts'

const fields = { ...blankFields, name: ' 愛子 ', birth: '1990-04-01', income: '5,000,000' }

test('a form without faults makes an applicant that the contract takes', () => {
  assert.deepEqual(faultsOf(fields), {})
  const made = applicantOf(fields, 'jpy')
  assert.ok(Check(applicant, made))
  assert.deepEqual([made.name, made.annual_income], ['愛子', 5_000_000])
  assert.equal(applicantOf(fields, 'usd').annual_income, 500_000_000, 'in minor units')
})

test('each fault is told at its field', () => {
  assert.deepEqual(Object.keys(faultsOf({ ...fields, name: '  ' })), ['name'])
  assert.deepEqual(Object.keys(faultsOf({ ...fields, birth: '1.4.1990' })), ['birth'])
  for (const income of ['', 'much', '5.5', '-1'])
    assert.deepEqual(Object.keys(faultsOf({ ...fields, income })), ['income'], income)
})

test('a phone number is read with its spaces, dots, dashes and brackets', () => {
  for (const text of ['+81 90 1234 5678', '+81-90-1234-5678', '+81 (90) 1234.5678'])
    assert.equal(phoneOf(text), '+819012345678')
  for (const text of ['', '090 1234 5678', '+0 123', '+81 90 12a4 5678', '+1234567890123456'])
    assert.equal(phoneOf(text), undefined, text)
})
