/* This file is part of supervision_training.  The LICENSE file at the top level of
this repository contains the full copyright notices and license terms. */
// What Tryton's web client loads from beside itself: our title, and the words that its
// own Chinese translation lacks.
(function() {
    'use strict';

    const WORDS = {
        '%1 record imported': '已导入 %1 条记录',
        '%1 record saved': '已保存 %1 条记录',
        'A request to reset your password has been sent.\nPlease check your mailbox.':
            '重置密码的邮件已发送，请查收。',
        'Add a follower': '添加关注者',
        'Add to favorites': '加入收藏',
        'All Notifications...': '全部通知…',
        'Are you sure to unsubscribe "%1" from this channel?':
            '确定让“%1”不再关注吗？',
        'Chat': '讨论',
        'Chat on the record': '讨论这条记录',
        'Check menu entries to add favorites': '点菜单项旁的星标加入收藏',
        'Concurrency Warning': '记录已被他人修改',
        'Copy Selected Rows': '复制选中的行',
        'Details': '详细信息',
        'Email %1': '发邮件：%1',
        'Email': '邮件',
        'Email...': '邮件…',
        'Enter a message': '输入消息',
        'Error: "%1". Try again later.': '出错：“%1”。请稍后再试。',
        'Failed to copy text to clipboard: %1': '无法复制到剪贴板：%1',
        'Help...': '帮助…',
        'Make this an internal message': '设为内部消息',
        'Module:': '模块：',
        'No notifications at this time': '目前没有通知',
        'Preferences...': '首选项…',
        'Remove from favorites': '取消收藏',
        'Reset Column Widths': '恢复列宽',
        'Reset forgotten password': '忘记密码',
        'Restore': '恢复',
        'Select a color for "%1"': '为“%1”选择颜色',
        'Send an email using the record': '用这条记录发邮件',
        'Send you an email to reset your password.': '发一封邮件来重置密码。',
        'Show followers': '显示关注者',
        'Submit the message': '发送消息',
        'Subscribe a follower to this channel': '添加关注者',
        'Subscribe': '关注',
        'Unsubscribe': '取消关注',
        'XML ID:': 'XML 编号：',
    };

    Sao.config.title = '监理业务培训';

    const load = Sao.i18n.loadJSON;
    Sao.i18n.loadJSON = function(data, domain) {
        if (data[''].language == 'zh_CN') {
            data = {...data, ...WORDS};
        }
        return load.call(Sao.i18n, data, domain);
    };
}());
