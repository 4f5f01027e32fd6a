//! Chinese: what is to be done stands at the head of its clause, behind a few polite words or a place.

use super::phrases::{
    ZH_ACCOUNT, ZH_BUTTONS, ZH_CHOOSE, ZH_CLICK, ZH_DRAG, ZH_LEADS, ZH_LOOK, ZH_NO_THINGS, ZH_OPEN, ZH_OUT,
    ZH_PLACES, ZH_PREVIEWS, ZH_SEEN, ZH_SIDES, ZH_TELLS,
};
use super::{Instead, any, is_han};

/// What a clause assumes.
pub(super) fn screen(clause: &str) -> Option<Instead> {
    let clause =
        clause.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '“' | '"' | '「' | '【'));
    let head = placed(without_leads(clause));
    let has = |list| any(list, |word| clause.contains(word));
    let behind = |list: &str| list.split('|').find_map(|verb| head.strip_prefix(verb));
    if behind(ZH_CLICK).is_some_and(|rest| !any(ZH_NO_THINGS, |no| rest.starts_with(no)))
        || (behind(ZH_CHOOSE).is_some() && has(ZH_BUTTONS))
    {
        return Some(clicked(clause));
    }
    let carried = head.starts_with(['将', '把']) && has(ZH_DRAG);
    if carried || behind(ZH_DRAG).is_some() {
        return Some(Instead::Further);
    }
    if (behind(ZH_LOOK).is_some() || behind(ZH_OPEN).is_some()) && has(ZH_ACCOUNT) {
        return Some(Instead::Credits);
    }
    let previews = head
        .strip_prefix("预览")
        .is_some_and(|rest| !rest.starts_with(is_han) || any(ZH_PREVIEWS, |word| rest.starts_with(word)));
    if previews
        || (behind(ZH_LOOK).is_some() && has(ZH_SEEN))
        || (behind(ZH_OPEN).is_some() && has(ZH_PLACES))
    {
        return Some(Instead::Timeline);
    }
    let button = has("导出按钮|下载按钮") && !has(ZH_TELLS);
    let out = behind("导出|下载").is_some() && !has(ZH_TELLS);
    (button || out).then_some(Instead::Export)
}

/// Whether it only leads to a clause that assumes a screen, or follows it.
pub(super) fn is_side(clause: &str) -> bool {
    let clause = clause.trim().trim_end_matches(['，', '。', '！', ',']);
    any(ZH_SIDES, |word| clause.starts_with(word)) || clause.ends_with("的话")
}

fn clicked(clause: &str) -> Instead {
    let has = |list| any(list, |word| clause.contains(word));
    if has(ZH_OUT) {
        Instead::Export
    } else if has("双击|右键|右击") || has("片段|字幕|轨道") {
        Instead::Further
    } else if has(ZH_ACCOUNT) || has("充值|升级") {
        Instead::Credits
    } else if has(ZH_SEEN) || has("预览|播放") {
        Instead::Timeline
    } else {
        Instead::Click
    }
}

fn without_leads(clause: &str) -> &str {
    let mut head = clause.trim_start_matches(|c: char| c.is_numeric() || c == '.' || c == '、' || c == ' ');
    while let Some(rest) =
        ZH_LEADS.split('|').filter_map(|lead| head.strip_prefix(lead)).min_by_key(|rest| rest.len())
    {
        head = rest.trim_start();
    }
    head
}

/// What follows a place: 在时间线中.
fn placed(head: &str) -> &str {
    let Some(rest) = head.strip_prefix(['在', '从', '到']) else { return head };
    let place =
        rest.char_indices().take(12).find(|(_, c)| matches!(c, '中' | '里' | '上' | '处' | '内' | '下'));
    place.map_or(head, |(at, c)| without_leads(rest[at + c.len_utf8()..].trim_start_matches(['角', '方'])))
}
