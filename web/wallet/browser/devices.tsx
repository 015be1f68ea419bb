/** A person's phones, and the devices that they carry: paired by their label, removed at will. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { CarriedDevice } from '@warifu/devices/terminal'
import { type Id, isId } from '@warifu/protocol/ids'
import { type DeviceLabel, readLabel } from '@warifu/protocol/proximity'
import { Said, useCamera, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { act } from './acting.ts'
import { useCards } from './asking.ts'
import { useDoing } from './doing.ts'
import { overLink } from './near.ts'
import { Phones } from './phones.tsx'
import { TroubleSaid } from './trouble-said.tsx'
import { devicesWords } from './words-devices.ts'
import { useWorld } from './world.tsx'
import './devices.css'

export function DevicesView() {
  const say = useWords(devicesWords)
  const { terminal } = useWorld()
  const { data: devices, error } = useQuery({
    queryKey: ['devices'],
    queryFn: () => terminal.devices(),
  })
  const [isPairing, setPairing] = useState(false)
  return (
    <section className="view">
      <h1>{say('devices.title')}</h1>
      <Phones />
      <h2>{say('devices.carried')}</h2>
      <p className="quiet">{say('devices.lead')}</p>
      {error === null ? null : <TroubleSaid error={error} />}
      {devices?.length === 0 ? <p className="quiet">{say('devices.none')}</p> : null}
      <ul className="devices">
        {devices?.map((device) => (
          <li key={device.id}>
            <Row device={device} />
          </li>
        ))}
      </ul>
      {isPairing ? (
        <Pairing done={() => setPairing(false)} />
      ) : (
        <Button size="lg" onClick={() => setPairing(true)}>
          {say('devices.pair')}
        </Button>
      )}
    </section>
  )
}

function Row({ device }: { readonly device: CarriedDevice }) {
  const say = useWords(devicesWords)
  const world = useWorld()
  const { id, name, type, carrier, card } = device
  const linking = useDoing((chosen: Id<'crd'>) =>
    act(world, () =>
      isId('pxd', id) ? world.terminal.linkCard(id, chosen) : Promise.resolve(device),
    ),
  )
  const removing = useDoing(() => act(world, () => removeHere(world, id)))
  const error = linking.error ?? removing.error
  return (
    <>
      <p className="device-name">
        {name} <span className="quiet">{say(`devices.${carrier ?? shortOf(type)}`)}</span>
      </p>
      {card === null ? null : (
        <CardSelect
          card={card}
          choose={(chosen) => linking.begin(chosen)}
          isFixed={linking.runs || removing.runs}
        />
      )}
      <Button
        variant="default"
        size="compact-md"
        loading={removing.runs}
        onClick={() => removing.begin()}
      >
        {say('devices.remove')}
      </Button>
      {error === null ? null : <TroubleSaid error={error} />}
    </>
  )
}

const shortOf = (type: CarriedDevice['type']) => (type === 'sim' ? 'sim' : 'reader')

/** The platform first: a device that is far away cannot keep itself. */
async function removeHere(world: ReturnType<typeof useWorld>, id: CarriedDevice['id']) {
  const gone = await world.terminal.removeDevice(id)
  if (isId('pxd', id))
    await overLink(world, (link) => world.terminal.forgetDevice(link, id)).catch(() => undefined)
  return gone
}

type SelectProps = {
  readonly card: Id<'crd'> | null
  readonly choose: (card: Id<'crd'>) => void
  readonly isFixed: boolean
}

function CardSelect({ card, choose, isFixed }: SelectProps) {
  const say = useWords(devicesWords)
  const { data: cards = [] } = useCards(true)
  return (
    <NativeSelect
      size="md"
      label={say('devices.card')}
      disabled={isFixed}
      value={card ?? ''}
      data={cards.map(({ id, last4 }) => ({ value: id, label: `···· ${last4 ?? ''}` }))}
      onChange={({ currentTarget: { value } }) => {
        if (isId('crd', value)) choose(value)
      }}
    />
  )
}

function Pairing({ done }: { readonly done: () => void }) {
  const say = useWords(devicesWords)
  const world = useWorld()
  const { data: cards = [] } = useCards(true)
  const [label, setLabel] = useState<DeviceLabel | null>(null)
  const [isOther, setOther] = useState(false)
  const [name, setName] = useState('')
  const [chosen, choose] = useState<Id<'crd'> | null>(null)
  const card = chosen ?? cards[0]?.id ?? null
  const take = (text: string) => {
    const read = readLabel(text) ?? null
    setLabel(read)
    setOther(text.trim() !== '' && read === null)
  }
  const pairing = useDoing(async () => {
    if (label === null || card === null) return
    await overLink(world, (link) =>
      act(world, () => world.terminal.pairDevice(link, { label, name: name.trim(), card })),
    )
    done()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    pairing.begin()
  }
  const isReady = label !== null && card !== null && name.trim() !== ''
  return (
    <form className="device-pairing" onSubmit={submit}>
      <LabelReader take={take} />
      {isOther ? <Said tone="refused" title={say('devices.bad_label')} urgent /> : null}
      <TextInput
        size="md"
        label={say('devices.name')}
        maxLength={40}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <CardSelect card={card} choose={choose} isFixed={pairing.runs} />
      {pairing.error === null ? null : <TroubleSaid error={pairing.error} />}
      <Button type="submit" size="lg" loading={pairing.runs} disabled={!isReady}>
        {say('devices.go')}
      </Button>
    </form>
  )
}

function LabelReader({ take }: { readonly take: (text: string) => void }) {
  const say = useWords(devicesWords)
  const [text, setText] = useState('')
  const read = (found: string) => {
    setText(found)
    take(found)
  }
  const { video, isDenied } = useCamera((found) => {
    if (readLabel(found) !== undefined) read(found)
  })
  return (
    <>
      <p className="quiet">{say(isDenied ? 'devices.no_camera' : 'devices.pair_more')}</p>
      {isDenied ? null : (
        <div className="scan">
          <video ref={video} muted playsInline aria-label={say('devices.picture')} />
        </div>
      )}
      <TextInput
        size="md"
        label={say('devices.label')}
        autoComplete="off"
        value={text}
        onChange={(event) => read(event.currentTarget.value)}
      />
    </>
  )
}
