/** Entry devices: where they are, who holds them, what they said of themselves, and their state. */
import { Button, TextInput } from '@mantine/core'
import { entryDeviceMoves } from '@warifu/protocol/moves'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { OpenButton } from './act-button.tsx'
import { AskForm } from './asking.tsx'
import { useCall } from './calling.ts'
import {
  type Column,
  codeColumn,
  stateColumn,
  textColumn,
  timeColumn,
  wordColumn,
} from './columns.tsx'
import { Facts } from './facts.tsx'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { Log } from './log.tsx'
import { OnePage, Panel } from './one.tsx'
import { useSession } from './session.tsx'
import { useStale } from './stale.ts'
import { useStateWord, wordOfKind } from './states.tsx'
import { fieldWords } from './words-fields.ts'
import { shellWords } from './words-shell.ts'
import { shopWords } from './words-shop.ts'

type Device = RowOf<'listEntryDevices'>

const lineOf = ({ online }: Device) => (online ? 'online' : 'offline')

const columns: readonly Column<Device>[] = [
  textColumn('name', ({ name }) => name),
  stateColumn('status', ({ status }) => status),
  stateColumn('line', lineOf),
  codeColumn('serial', ({ serial_number }) => serial_number),
  textColumn('holder', ({ custody }) => custody[0]?.holder),
  timeColumn('seen', ({ last_seen_at }) => last_seen_at),
]

type Found = RowOf<'findDevices'>

/** Of all kinds and all people, for those who run the platform. */
const foundColumns: readonly Column<Found>[] = [
  timeColumn('created', ({ created_at }) => created_at),
  wordColumn('kind', ({ kind }) => wordOfKind(kind)),
  stateColumn('status', ({ status }) => status),
  textColumn('name', ({ label }) => label),
  codeColumn('owner', ({ cardholder, merchant }) => cardholder ?? merchant, 'minmax(0, 2fr)'),
  timeColumn('seen', ({ last_seen_at }) => last_seen_at),
]

export function DevicesPage() {
  const say = useWords(shellWords)
  const { may } = useSession()
  if (may('findDevices'))
    return (
      <ListPage
        title={say('devices')}
        name="findDevices"
        columns={foundColumns}
        keyOf={({ id }) => id}
      />
    )
  return (
    <ListPage
      title={say('devices')}
      name="listEntryDevices"
      columns={columns}
      keyOf={({ id }) => id}
      leadsTo={({ id }) => `/devices/${id}`}
      acts={may('createEntryDevice') ? <NewDevice /> : null}
    />
  )
}

function NewDevice() {
  const say = useWords(shopWords)
  const sayField = useWords(fieldWords)
  const call = useCall()
  return (
    <OpenButton name={say('newDevice')} title={say('newDevice')}>
      {(close) => (
        <AskForm
          act={say('addDevice')}
          lead={say('newDeviceLead')}
          fields={[
            { name: 'name', label: sayField('name'), most: 60 },
            { name: 'serial', label: sayField('serial'), most: 40 },
            { name: 'holder', label: sayField('holder'), most: 60 },
          ]}
          bodyOf={({ name = '', serial = '', holder = '' }) =>
            [name, serial, holder].some((text) => text.trim() === '')
              ? undefined
              : { name: name.trim(), serial_number: serial.trim(), holder: holder.trim() }
          }
          send={async (body, once) => {
            await call('createEntryDevice', { body }, once)
            return {}
          }}
          onDone={close}
        />
      )}
    </OpenButton>
  )
}

export function DevicePage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayShop = useWords(shopWords)
  const { may } = useSession()
  const back = { to: '/devices', name: say('devices') }
  return (
    <OnePage name="getEntryDevice" id={id} back={back} title={({ name }) => name}>
      {(device) => (
        <>
          <Panel title={device.serial_number}>
            <Facts
              facts={[
                ['status', { state: device.status }],
                ['line', { state: lineOf(device) }],
                ['reported', { word: device.reported }],
                ['seen', { time: device.last_seen_at }],
                ['place', { code: device.store }],
                ['created', { time: device.created_at }],
                ['id', { code: device.id }],
              ]}
            />
            {may('moveEntryDevice') ? <Moves device={device} /> : null}
          </Panel>
          <Log
            title={sayShop('alarms')}
            rows={device.alarms.map(({ at, kind, count }) => ({
              at,
              text: `× ${count}`,
              state: kind,
            }))}
          />
          <Log
            title={sayShop('history')}
            rows={device.history.map(({ at, to, reason }) => ({ at, text: reason, state: to }))}
          />
          <Log
            title={sayShop('custody')}
            rows={device.custody.map(({ at, holder, reason }) => ({
              at,
              text: `${holder} · ${reason}`,
              state: null,
            }))}
          />
        </>
      )}
    </OnePage>
  )
}

/** The moves that the device's state allows, as the contract's table has them. */
function Moves({ device }: { readonly device: Device }) {
  const say = useWords(shopWords)
  const word = useStateWord()
  return (
    <div className="acts">
      {entryDeviceMoves[device.status].map((to) => {
        const name = say('moveTo', { state: word(to) })
        return (
          <OpenButton key={to} name={name} title={name}>
            {(close) => <Move device={device} to={to} onDone={close} />}
          </OpenButton>
        )
      })}
    </div>
  )
}

type MoveProps = {
  readonly device: Device
  readonly to: Device['status']
  readonly onDone: () => void
}

function Move({ device, to, onDone }: MoveProps) {
  const say = useWords(shopWords)
  const word = useStateWord()
  const call = useCall()
  const stale = useStale()
  const { isBusy, fault, run } = useAct()
  const [reason, setReason] = useState('')
  const move = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      await call('moveEntryDevice', { params: { id: device.id }, body: { status: to, reason } })
      await stale()
      onDone()
    })
  }
  return (
    <form className="dialog-form" onSubmit={move}>
      <TextInput
        label={say('why')}
        value={reason}
        maxLength={80}
        required
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Fault fault={fault} />
      <Button type="submit" loading={isBusy} disabled={reason.trim() === ''}>
        {say('moveTo', { state: word(to) })}
      </Button>
    </form>
  )
}
