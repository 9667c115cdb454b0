// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import type { Methods, Prepay } from '@/api/types'

/** Where the server is: built in on WeChat, `config.json` beside index.html on H5. */
export interface Config {
  /** Origin of the server, '' for the one that serves this page (H5 only). */
  server: string
  database: string
  /** The mini-program's appid. */
  appid: string
  /** Origin of the WeChat sandbox, whose pages stand in for WeChat on H5. */
  sandbox: string
}

/** A file on the device: `path` is a temporary path (WeChat) or a blob URL (H5). */
export interface Chosen {
  path: string
  name: string
}

/** A part of a picture, in the picture's own pixels. */
export interface Area {
  x: number
  y: number
  width: number
  height: number
}

/** What the person did at the cashier; whether money moved only the server knows. */
export type Paid = 'ok' | 'cancel'

/** The person's answer by template id. */
export type Answers = Methods['message.subscribed']['params']['templates']

export type FileType = 'pdf' | 'docx' | 'ofd' | 'xml'

/** What the client needs of the place where it runs. */
export interface Platform {
  config(): Promise<Config>

  /** Whether a login shows no page, so that it may happen at any time. */
  silentLogin: boolean
  /** Whether the buttons "getPhoneNumber" and "chooseAvatar" do something. */
  nativeButtons: boolean

  /** Returns a code for auth.login, or goes to the login page and never returns. */
  loginCode(): Promise<string>

  /**
   * Opens WeChat Pay, or goes to the cashier page and never returns. Rejects when
   * WeChat Pay can not be opened.
   */
  pay(prepay: Prepay): Promise<Paid>
  /** Returns, once, what happened at a cashier page that came back to this page. */
  paymentReturn(): Paid | null

  /** Chooses a picture, or takes one; null when the person changes their mind. */
  chooseImage(): Promise<Chosen | null>
  /** Chooses a picture or a PDF file; null when the person changes their mind. */
  chooseDocument(): Promise<Chosen | null>
  /**
   * Shows a file of the server; the viewer prints, saves and forwards it. Of a type that
   * WeChat can not show, the address is copied for a browser.
   */
  openFile(url: string, type: FileType): Promise<void>

  /** Cuts an area out of a picture and returns the path of a JPEG of 658×926. */
  crop(path: string, area: Area): Promise<string>

  /**
   * Asks whether messages may be sent. Call it first thing in a tap, or right after a
   * payment: WeChat allows it nowhere else. Null when there was nothing to ask.
   */
  askSubscription(templates: string[]): Promise<Answers | null>

  /** How much larger than usual the person wants text, 1 to 1.5. */
  textScale(): number
  /** Makes the framework's elements usable with a keyboard and a screen reader. */
  improveAccessibility(): void
}
