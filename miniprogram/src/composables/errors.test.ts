// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { nextTick, reactive } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import { RpcError } from '@/api/rpc'
import { fakeUni } from '../../test/uni'
import { firstWithError, useErrors, wanted } from './errors'

const ORDER = ['region', 'mobile', 'invoice.title']
let uni: ReturnType<typeof fakeUni>['uni']

beforeEach(() => { uni = fakeUni().uni })

function setUp() {
  const form = reactive<Record<string, unknown>>({ region: null, mobile: '', 'invoice.title': null })
  return { form, ...useErrors(form, ORDER) }
}

it('the first error is that of the form’s order', () => {
  expect(firstWithError(ORDER, { 'invoice.title': 'b', mobile: 'a' })).toBe('mobile')
  expect(firstWithError(ORDER, { session: 'a' })).toBeUndefined()
})

describe('an answer’s errors', () => {
  it('stand at their fields, and the first one is wanted in sight', async () => {
    const { errors, show } = setUp()
    await show(new RpcError(-32004, 'x', { 'invoice.title': 'Choose one.', mobile: 'Wrong.' }))
    expect(errors).toEqual({ 'invoice.title': 'Choose one.', mobile: 'Wrong.' })
    expect(wanted.value).toEqual({ name: 'mobile' })
    expect(uni.showModal).not.toHaveBeenCalled()
  })

  it('go when their field changes, and only then', async () => {
    const { form, errors, show } = setUp()
    await show(new RpcError(-32004, 'x', { region: 'a', mobile: 'b' }))
    form.mobile = '13800138000'
    await nextTick()
    expect(errors).toEqual({ region: 'a' })
  })

  it('are told when they belong to no field', async () => {
    const { errors, show } = setUp()
    await show(new RpcError(-32005, '没有名额了。'))
    expect(uni.showModal.mock.calls[0][0]).toMatchObject({ content: '没有名额了。' })
    await show(new RpcError(-32004, 'x', { unknown: '请重试。' }))
    expect(uni.showModal.mock.calls[1][0]).toMatchObject({ content: '请重试。' })
    expect(errors).toEqual({ unknown: '请重试。' })
  })

  it('replace those of the answer before', async () => {
    const { errors, show } = setUp()
    await show(new RpcError(-32004, 'x', { region: 'a' }))
    await show(new RpcError(-32004, 'x', { mobile: 'b' }))
    expect(errors).toEqual({ mobile: 'b' })
  })
})
