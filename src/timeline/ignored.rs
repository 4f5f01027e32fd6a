//! What is no part of a draft's value: nulls, times of change, the list of uploads.

use super::value::Value;

/// Whether a member is part of the value: null is as good as missing, and when something was saved is not what.
pub(super) fn counts(key: &str, value: &Value) -> bool {
    let scalar = matches!(value, Value::Number(_) | Value::Text(_));
    match value {
        Value::Null => false,
        _ if scalar => !names_a_time_of_change(key),
        _ => !matches!(key, "video_infos" | "videoInfos"),
    }
}

/// `updated_at`, `lastUpdateTime`, `timestamp`, `modified` …, in any case and joined in any way.
///
/// The draft's own keys (`t`, `tt`, `d`, `s`, `st`, `start`, `time`, `duration` …) are places in the film.
fn names_a_time_of_change(key: &str) -> bool {
    let key = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let stem = key.strip_prefix("last").unwrap_or(&key);
    let is = |list: &str, word: &str| list.split(' ').any(|entry| entry == word);
    is(WHOLE, &key)
        || is(ALONE, stem)
        || (stem.len() < key.len() && is(VERBS, stem))
        || ENDS.split(' ').any(|end| stem.strip_suffix(end).is_some_and(|verb| is(VERBS, verb)))
}

/// Keys that mean a time of change as they are.
const WHOLE: &str = "timestamp timestampms servertime mtime ctime gmtcreate gmtmodified";

/// Verbs that mean one alone, after `last`, and before one of the ends.
const ALONE: &str = "updated created modified saved edited changed synced";

/// Verbs that mean one after `last`, or before one of the ends.
const VERBS: &str = "update updated create created creation modify modified modification save saved edit edited \
    change changed sync synced access accessed refresh refreshed generated";

/// What makes a time of a verb.
const ENDS: &str = "timestamp timems time date atms at on ts";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_change_do_not_count() {
        let no = "timestamp timestamp_ms timestampMs updated_at updatedAt update_time updateTime last_update_time \
            lastUpdateTime last_updated lastUpdated created_at createdAt create_time creationTime modified_at \
            modifiedAt last_modified lastModified saved_at savedAt save_time last_saved last_saved_at updated_ts \
            update_timestamp updated_time edited_at lastEdit gmt_modified mtime server_time generatedAt UPDATED-AT modified \
            modification_date updated_at_ms";
        for key in no.split_whitespace() {
            assert!(names_a_time_of_change(key), "{key}");
        }
        let yes = "t tt sg d s st m v start end duration time date at on ts last create creation_tool update save \
            title text name content volume width url version update_count edit_list seconds format station latest \
            begin_time start_time end_time cut_at fade_time savedStyle animation position";
        for key in yes.split_whitespace() {
            assert!(!names_a_time_of_change(key), "{key}");
        }
    }
}
