// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** Drawn pictures, so that nobody's real one is needed. */

/** A person on white, in the proportions of an ID photo. */
export const PORTRAIT = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 658 926" width="658" height="926">
<rect width="658" height="926" fill="#fff"/>
<path d="M272 560h114v170H272z" fill="#d1aa88"/>
<path d="M60 926q10-230 212-250l57 90 57-90q202 20 212 250z" fill="#27406b"/>
<path d="M258 676l71 90 71-90 20 20-60 130h-62l-60-130z" fill="#fff"/>
<path d="M329 750l22 30-16 146h-12l-16-146z" fill="#7a1f2b"/>
<ellipse cx="329" cy="420" rx="132" ry="180" fill="#e9bd97"/>
<path d="M188 430q-10-240 141-240t141 240q-10-130-70-150-100 30-142 0-60 20-70 150z" fill="#2b211c"/>
<g fill="#26201c"><circle cx="276" cy="428" r="13"/><circle cx="382" cy="428" r="13"/></g>
<path d="M244 394q30-16 60 0M354 394q30-16 60 0" stroke="#2b211c" stroke-width="8" fill="none"/>
<path d="M329 440l-14 62h26M288 540q41 30 82 0" stroke="#b3795f" stroke-width="6" fill="none"/></svg>`

/** A page with lines and a seal. */
export const PROOF = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1414" width="1000" height="1414">
<rect width="1000" height="1414" fill="#fdfcf8"/>
<path d="M80 80h840v1254H80z" fill="none" stroke="#8a6d3b" stroke-width="6"/>
<path d="M300 170h400M150 320h600M150 420h520M150 520h640M150 620h400" stroke="#555" stroke-width="22"/>
<circle cx="720" cy="1120" r="110" fill="none" stroke="#c0262d" stroke-width="9"/></svg>`
