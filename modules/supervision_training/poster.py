# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The poster of a session, with the code that opens it in the mini-program."""
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval
from trytond.wizard import Button, StateReport, StateView, Wizard

from . import wechat
from .configuration import mini_program
from .exceptions import WeChatFailure
from .report import Paper

PAGE = 'pages/sessions/sessions'
WIDTH = 1280  # px, of the code
UNRELEASED = '41030'  # WeChat knows no such page yet


class Session(metaclass=PoolMeta):
    __name__ = 'training.session'

    program_code = fields.Binary(
        "Mini-Program Code", file_id='program_code_id',
        store_prefix='supervision_training', readonly=True)
    program_code_id = fields.Char("Mini-Program Code", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['print_poster'] = {
            'invisible': Eval('state') == 'cancelled',
            'icon': 'tryton-print',
            'depends': ['state'],
            }

    @classmethod
    @ModelView.button_action('supervision_training.wizard_poster')
    def print_poster(cls, sessions):
        pass

    @classmethod
    def copy(cls, sessions, default=None):
        default = {} if default is None else default.copy()
        default.setdefault('program_code')
        default.setdefault('program_code_id')
        return super().copy(sessions, default=default)

    def ask_program_code(self):
        """Ask WeChat for the session's code, unless it is kept already.

        :raises WeChatFailure: WeChat refused, or did not answer.
        """
        if self.program_code:
            return
        try:
            code = mini_program().code(f's={self.id}', PAGE, width=WIDTH)
        except wechat.WeChatError as error:
            raise WeChatFailure(gettext(
                    'supervision_training.msg_poster_unreleased'
                    if error.code == UNRELEASED
                    else 'supervision_training.msg_poster_refused',
                    code=error.code, message=error.message))
        except wechat.WeChatUnavailable:
            raise WeChatFailure(
                gettext('supervision_training.msg_wechat_unavailable'))
        self.write([self], {'program_code': code})


class PosterStart(ModelView):
    __name__ = 'training.session.poster.start'

    size = fields.Selection(
        [('A4', "A4"), ('A3', "A3")], "Size", required=True, translate=False)

    @staticmethod
    def default_size():
        return 'A3'


class Poster(Wizard):
    "Print the poster of a session"
    __name__ = 'training.session.poster'

    start = StateView(
        'training.session.poster.start',
        'supervision_training.session_poster_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateReport('training.session.poster')

    def do_print_(self, action):
        self.record.ask_program_code()
        return action, {
            'id': self.record.id, 'ids': [self.record.id], 'size': self.start.size}


class PosterPaper(Paper):
    __name__ = 'training.session.poster'
