# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Tryton's web client in a browser, used as a person does, by the words on the screen.

    def test_approve(sao):
        sao.log_in('reviewer1')
        sao.menu('监理培训', '报名')
        sao.tab('审核中')
        sao.open('周志强')
        sao.press('A 审核通过')
        assert sao.value('状态') == '待支付'

Everything happens in what is in front: the open dialog, else the tab. The fixture
``sao`` fails when the page writes an error to the console or asks another server.
"""
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

# Nothing is asked of the server and nothing moves, for as long as the client's own
# deferred steps take.
CALM = '''() => {
    const busy = !window.Sao || jQuery.active > (Sao.Bus.listening ? 1 : 0)
        || jQuery('.modal.fade:not(.in), .collapsing').is(':visible');
    window.calm = busy ? 0 : window.calm + 1;
    return window.calm > 8;
}'''


class Sao:
    """A window of the web client.

    :param page: Playwright's page.
    :param url: the server with the database, http://127.0.0.1:8000/#name
    """

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.problems = []
        host = urlsplit(url).netloc
        page.set_default_timeout(30_000)
        page.on('pageerror', lambda error: self.problems.append(error.stack))
        page.on('console', lambda message: self.problems.append(
                f'{message.text} {message.location.get("url", "")}')
            if message.type == 'error' else None)
        page.on('request', lambda request: self.problems.append(
                f'asked {request.url}')
            if urlsplit(request.url).netloc not in {host, ''}
            and not request.url.startswith('blob:') else None)

    def log_in(self, user, password):
        self.page.goto(self.url)
        # Sao forgets a login from before the list of databases came.
        self.calm()
        self.page.add_style_tag(
            content='* { transition: none !important; animation: none !important }')
        self.page.locator('#login').fill(user)
        self.page.locator('.login-dialog [type=submit]').click()
        self.page.locator('.ask-dialog input').fill(password)
        self.page.locator('.ask-dialog input').press('Enter')
        self.page.locator('#user-preferences a').first.wait_for()
        return self.calm()

    def calm(self):
        "Wait until the client has what it asked for"
        self.page.evaluate('window.calm = 0')
        self.page.wait_for_function(CALM, polling=20)
        return self

    @property
    def front(self):
        "Return the dialog that is open, else the tab"
        dialogs = self.page.locator('body > .modal.in')
        if dialogs.count():
            return dialogs.last
        return self.page.locator('#tabcontent > .tab-pane.active')

    def menu(self, *path):
        "Open an entry of the menu by the names on the way to it"
        rows = self.page.locator('#menu tbody tr')
        for name, below in zip(path, [*path[1:], None], strict=True):
            row = rows.filter(has=self.page.get_by_title(name, exact=True)).last
            if below is None:
                row.get_by_title(name, exact=True).click()
            elif not rows.get_by_title(below, exact=True).count():
                row.locator('.expander').click()
                rows.get_by_title(below, exact=True).last.wait_for()
        return self.calm()

    def close(self):
        "Close the tab in front"
        self.page.locator('#tablist li.active .close').click()
        return self.calm()

    # Lists

    def tab(self, name):
        "Choose one of the tabs above a list, or of the pages of a form"
        self.front.get_by_role(
            'tab', name=re.compile(rf'^{re.escape(name)}(\s|$)')).first.click()
        return self.calm()

    def count(self, name):
        "Return the number on a tab above a list, as text"
        self.calm()
        return self.front.locator('.tab-domain a').filter(
            has_text=re.compile(rf'^{re.escape(name)}\s')).locator(
            '.badge').get_attribute('title')

    def search(self, text):
        box = self.front.locator('.filter-box input.form-control')
        box.fill(text)
        box.press('Enter')
        return self.calm()

    def rows(self, *texts):
        "Return the rows of a list that have all the texts"
        rows = self.front.locator('.treeview tbody tr:visible')
        for text in texts:
            rows = rows.filter(has_text=text)
        return rows

    def column(self, name):
        "Return the texts of a column of a list"
        return self.front.locator(self._cell(name)).all_inner_texts()

    def _cell(self, name):
        header = self.front.locator('th:visible').filter(
            has_text=re.compile(rf'^\s*{re.escape(name)}\s*$')).first
        return f'td[headers={header.get_attribute("id")}]'

    def type(self, column, text, *texts):
        "Type into a column of a list's first row that has all the texts"
        cell = self.rows(*texts).first.locator(self._cell(column))
        cell.dblclick()
        self.calm()
        box = cell.locator('input:visible')
        box.fill(text)
        box.press('Tab')
        return self.calm()

    def tick(self, *texts):
        "Choose the rows, one for each text"
        for text in texts:
            self.rows(text).first.locator('.selection-state input').check()
        return self

    def open(self, *texts):
        "Open the first row that has all the texts"
        self.rows(*texts).first.locator('td:not([class])').first.dblclick()
        self.front.locator('.content-box > .form, .modal-body .form').first.wait_for()
        return self.calm()

    # Forms and wizards

    def field(self, label):
        return self.front.get_by_label(
            re.compile(rf'^{re.escape(label)}[:：]?$')).first

    def value(self, label):
        "Return what a field shows"
        return self.field(label).evaluate('''field => field.selectedOptions
            ? field.selectedOptions[0].text : field.value ?? field.innerText''')

    def fill(self, **values):
        """Fill in fields by their labels, chosen ones with a tuple of texts.

        A many2one takes a text that finds one record.
        """
        for label, value in values.items():
            field = self.field(label)
            kind = field.evaluate('field => field.tagName')
            if kind == 'SELECT':
                field.select_option(label=value)
            else:
                field.fill(value)
                field.press('Tab')
            self.calm()
        return self

    def press(self, name):
        "Press a button by its words"
        self.front.get_by_role('button', name=name, exact=True).locator(
            'visible=true').first.click()
        return self.calm()

    def key(self, *keys):
        "Press keys, as Enter, Control+ArrowDown or, for the A of a button, Alt+A"
        for key in keys:
            if key.startswith('Alt+'):
                self._access_key(key[-1])
            else:
                self.page.keyboard.press(key)
            self.calm()
        return self

    def _access_key(self, letter):
        # Playwright leaves out the text by which the browser knows an access key.
        cdp = self.page.context.new_cdp_session(self.page)
        text = letter.lower()
        key = {
            'modifiers': 1, 'key': text, 'code': f'Key{letter}',
            'windowsVirtualKeyCode': ord(letter)}
        cdp.send('Input.dispatchKeyEvent', key | {
                'type': 'keyDown', 'text': text, 'unmodifiedText': text})
        cdp.send('Input.dispatchKeyEvent', key | {'type': 'keyUp'})
        cdp.detach()

    def toolbar(self, tool, item=None):
        """Press a tool by its id, as print or relate, and choose from its menu."""
        self.front.locator(f'.btn-toolbar #{tool}').click()
        if item:
            self.front.locator(f'[aria-labelledby={tool}]').get_by_text(
                item, exact=True).click()
        return self.calm()

    def download(self, action, *arguments):
        """Return the path of the file that an action downloads, and its name.

        sao.download(sao.press, '导出')
        """
        with self.page.expect_download() as download:
            action(*arguments)
        self.calm()
        return Path(download.value.path()), download.value.suggested_filename

    # Pictures

    def picture(self, name, guide='desk'):
        "Keep a picture for a guide in the folder that PICTURES names"
        if folder := os.environ.get('PICTURES'):
            self.calm()
            self.page.screenshot(path=f'{folder}/{guide}-{name}.png')
        return self
