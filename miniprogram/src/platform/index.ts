// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** The one place that knows on which platform the client runs. */
import * as h5 from './h5'
import type { Platform } from './types'
import * as weixin from './weixin'

let here: Platform
// #ifdef MP-WEIXIN
here = weixin
// #endif
// #ifdef H5
here = h5
// #endif

export const platform = here
