// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** WeChat. What each member does is said in types.ts. */
import type { Prepay } from '@/api/types'
import { tell } from '@/navigation'
import { drawPhoto, PHOTO } from './picture'
import type { Answers, Area, Chosen, Config, FileType, Paid } from './types'

/** WeChat takes more in recent versions, but older ones refuse the whole call. */
const MOST_TEMPLATES = 3
const LARGEST_TEXT = 1.5

export const silentLogin = true
export const nativeButtons = true

export async function config(): Promise<Config> {
  return WEIXIN_CONFIG
}

export function loginCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    uni.login({
      provider: 'weixin',
      success: ({ code }) => resolve(code),
      fail: () => reject(new Error('微信登录没有成功，请检查网络后重试。')),
    })
  })
}

export function pay(prepay: Prepay): Promise<Paid> {
  return new Promise((resolve, reject) => {
    wx.requestPayment({
      ...prepay,
      signType: prepay.signType as 'RSA',
      success: () => resolve('ok'),
      fail: ({ errMsg }: { errMsg: string }) => {
        if (errMsg.includes('cancel')) resolve('cancel')
        else reject(new Error('微信支付没有打开，请稍后重试。'))
      },
    })
  })
}

export function paymentReturn(): Paid | null {
  return null
}

export function chooseImage(): Promise<Chosen | null> {
  return new Promise((resolve) => {
    wx.chooseMedia({
      count: 1,
      mediaType: ['image'],
      sizeType: ['original'],
      success: ({ tempFiles: [{ tempFilePath }] }) =>
        resolve({ path: tempFilePath, name: tempFilePath.split('/').pop()! }),
      fail: () => resolve(null),
    })
  })
}

export async function chooseDocument(): Promise<Chosen | null> {
  const choice = await new Promise<number>((resolve) => {
    uni.showActionSheet({
      itemList: ['拍照或从相册选择', '从微信聊天中选择文件（图片、PDF）'],
      success: ({ tapIndex }) => resolve(tapIndex),
      fail: () => resolve(-1),
    })
  })
  if (choice < 0) return null
  return choice === 0 ? chooseImage() : chooseFromChat()
}

function chooseFromChat(): Promise<Chosen | null> {
  return new Promise((resolve) => {
    wx.chooseMessageFile({
      count: 1,
      type: 'file',
      extension: ['jpg', 'jpeg', 'png', 'pdf'],
      success: ({ tempFiles: [{ path, name }] }) => resolve({ path, name }),
      fail: () => resolve(null),
    })
  })
}

function copyAddress(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    uni.setClipboardData({
      data: url,
      showToast: false,
      success: () => tell('下载链接已复制，请尽快在浏览器中打开。').then(resolve),
      fail: () => reject(new Error('链接没有复制成功，请重试。')),
    })
  })
}

export function openFile(url: string, type: FileType): Promise<void> {
  if (type === 'ofd' || type === 'xml') return copyAddress(url)
  const failed = new Error('文件没有打开，请检查网络后重试。')
  return new Promise((resolve, reject) => {
    uni.downloadFile({
      url,
      success: ({ statusCode, tempFilePath }) => {
        if (statusCode !== 200) return reject(failed)
        uni.openDocument({
          filePath: tempFilePath,
          fileType: type,
          showMenu: true,
          success: () => resolve(),
          fail: () => reject(failed),
        })
      },
      fail: () => reject(failed),
    })
  })
}

export async function crop(path: string, area: Area): Promise<string> {
  const canvas = await new Promise<WechatMiniprogram.Canvas>((resolve) => {
    wx.createSelectorQuery().select('#crop-canvas').node(({ node }) =>
      resolve(node as WechatMiniprogram.Canvas)).exec()
  })
  canvas.width = PHOTO.width
  canvas.height = PHOTO.height
  const image = canvas.createImage()
  await new Promise<void>((resolve, reject) => {
    image.onload = () => resolve()
    image.onerror = () => reject(new Error('图片无法打开，请另选一张。'))
    image.src = path
  })
  const context = canvas.getContext('2d') as unknown as CanvasRenderingContext2D
  drawPhoto(context, image as unknown as CanvasImageSource, area)
  return new Promise((resolve, reject) => {
    wx.canvasToTempFilePath({
      canvas,
      destWidth: PHOTO.width,
      destHeight: PHOTO.height,
      fileType: 'jpg',
      quality: 0.92,
      success: ({ tempFilePath }) => resolve(tempFilePath),
      fail: () => reject(new Error('照片没有裁剪成功，请重试。')),
    })
  })
}

export function askSubscription(templates: string[]): Promise<Answers | null> {
  if (!templates.length) return Promise.resolve(null)
  return new Promise((resolve) => {
    wx.requestSubscribeMessage({
      tmplIds: templates.slice(0, MOST_TEMPLATES),
      success: (answer) => {
        const answers = Object.entries(answer).filter(([id]) => templates.includes(id))
        resolve(Object.fromEntries(answers) as Answers)
      },
      fail: () => resolve(null),
    })
  })
}

export function textScale(): number {
  const { fontSizeScaleFactor } = wx.getAppBaseInfo() as { fontSizeScaleFactor?: number }
  return Math.min(Math.max(fontSizeScaleFactor ?? 1, 1), LARGEST_TEXT)
}

export function improveAccessibility() {
  // WeChat's own elements are labelled already.
}
