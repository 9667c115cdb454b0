// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { describe, expect, it, vi } from 'vitest'
import { NETWORK, RpcError } from './rpc'
import { persist } from './upload'

const broken = () => Promise.reject(new RpcError(NETWORK, 'broken'))
const refused = () => Promise.reject(new RpcError(-32004, 'too small', { photo: 'too small' }))

describe('a transfer', () => {
  it('that breaks is tried again', async () => {
    const transfer = vi.fn().mockImplementationOnce(broken).mockImplementationOnce(broken)
      .mockResolvedValue('file')
    expect(await persist(transfer, 3, 1)).toBe('file')
    expect(transfer).toHaveBeenCalledTimes(3)
  })

  it('is given up after the last try', async () => {
    const transfer = vi.fn(broken)
    await expect(persist(transfer, 3, 1)).rejects.toThrow('broken')
    expect(transfer).toHaveBeenCalledTimes(3)
  })

  it('that the server refuses is not tried again', async () => {
    const transfer = vi.fn(refused)
    await expect(persist(transfer, 3, 1)).rejects.toMatchObject({ fields: { photo: 'too small' } })
    expect(transfer).toHaveBeenCalledTimes(1)
  })
})
