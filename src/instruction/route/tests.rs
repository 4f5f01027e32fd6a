//! What people write as a step, and where each must go.

use proptest::prelude::*;

use super::*;

fn kind(step: &str) -> &'static str {
    match route(step) {
        Route::Message => "message",
        Route::Export { .. } => "export",
        Route::Credits => "credits",
        Route::State => "state",
        Route::Upload => "upload",
    }
}

/// One a line or more, between bars.
fn listed(list: &str) -> impl Iterator<Item = &str> {
    list.split('|').map(str::trim)
}

const EXPORT_STEPS: &str = r#"
export | Export. | EXPORT! | please export 1080p MP4 | export 1080p MP4 | Export the video, please |
download | Download MP4 | download it | send me the video | Send me the video! |
please send me the video | can you send it to me? | export and download | Then export. | export as MOV |
export in 4K | export (1080p) | Could you please export the final video in high quality? | "export" |
- export | I'd like to download the video now, thank you | export 1920×1080 | full hd export |
export/download | 导出 | 导出。 | 下载 | 请导出视频 | 请帮我导出1080p的MP4 | 导出 MP4 格式 | 把视频发给我 | 下载视频，谢谢 | 導出 | 导出为１０８０Ｐ |
把视频导出为mp4 | রপ্তানি | রপ্তানি করুন | এক্সপোর্ট | ভিডিওটি এক্সপোর্ট করুন | ডাউনলোড | ডাউনলোড করো। |
দয়া করে ভিডিওটি ডাউনলোড করুন | ১০৮০p MP4 এক্সপোর্ট করুন | আমাকে ভিডিওটি পাঠান | 1080p-এ রপ্তানি করে দিন |
done, export | Done! Export it. | finish and export | Finish up and export, please | all done, export now | looks good, export |
That's all. Export the video. | save | Save. | save it | save it now please | save the video | save my video as MP4 |
save the final film | save and export | export and save | render | render it | render the video | Render the final video in 1080p |
render and export | give me the video | Can you give me the final video? | give me the video in 1080p | can I have the video? |
完成并导出 | 完成，导出 | 好了，导出视频 | 保存 | 保存视频 | 请把视频保存为MP4 | 渲染 | 渲染视频 | 把视频给我 | 给我成片 |
সেভ করুন | ভিডিওটি সেভ করে দিন | সংরক্ষণ করো | ভিডিওটি রেন্ডার করুন | ভিডিওটি দিন | আমাকে ভিডিওটা দাও | কাজ শেষ, এক্সপোর্ট করুন |
save koro | video ta save koro | video ta render korun | video ta dao | kaj shesh, export koro"#;

const CREDITS_STEPS: &str = r"
credits | Credits? | balance | check my balance | how many credits do I have left? | what's my balance |
show my credits please | account balance | credits & balance | 积分 | 余额 | 查询余额 | 我的积分还有多少？ | 请查看余额 |
check the credits | Check the credits, please. | show credits | check account | check my account | check billing |
how many credits are there? | how much credit do I have? | 查看账户 | 检查积分 | অ্যাকাউন্ট চেক করুন | ক্রেডিট চেক করো | credit check koro |
account check korun | ক্রেডিট | আমার ক্রেডিট কত? | ব্যালেন্স | আমার কত ক্রেডিট বাকি আছে | ব্যালেন্স দেখাও";

const STATE_STEPS: &str = r"
show the timeline | Show me the timeline, please | show timeline | can I see the timeline? | 查看时间线 | 请显示时间轴 |
টাইমলাইন দেখান | টাইমলাইনটি দেখাও | timeline dekhao | timeline ta dekhan | status | Status? | show tracks | Show me the tracks, please | what is the status of my video? |
project status | 状态 | 查看状态 | 显示轨道 | অবস্থা | অবস্থা কী? | ভিডিওর অবস্থা জানান | স্ট্যাটাস |
ট্র্যাকগুলো দেখাও";

const UPLOAD_STEPS: &str = r"
upload | Upload! | please upload the video | upload this clip | 上传 | 上传视频 | 请上传文件 | আপলোড | আপলোড করুন |
ভিডিওটি আপলোড করো";

const MESSAGES: &str = r"
please | video | the video in 1080p | mp4 | generate Bangla subtitles and add them to my video |
add an export button animation | make it ready for export | don't export | do not download yet |
export the subtitles | export srt | export mp3 | export only the audio | export the first 10 seconds |
export without music | export 9:16 | export with bigger text | export to YouTube | exports | re-export |
export and add music | export 720p and 1080p | export mp4 and mov | export 1080x1920 | export 60fps |
export #1 | exportas | downloadit | export 🎵 | download music from the library | download https://example.com/a.mp4 |
how to export | send me the video with subtitles | send me a love letter | send the video to my mother |
add credits | show the credits | show credits at the end | show credits in Bangla | credits dekhao shese | end credits | roll the credits at the end |
balance the audio | balance the colours | left balance | balance left | white balance |
credits in Bangla | status video | make a WhatsApp status video | video status | show status bar |
show tracks in red | show tracks and export | upload and export | credits and status |
upload it to YouTube | upload a new title | 1.export 2 | 导出字幕 | 不要导出 | 导出视频并添加字幕 | 下载音乐 | 下载一首歌加到视频里 |
添加积分动画 | 片尾字幕 | 余额宝广告 | 显示状态栏 | 上传按钮动画 | রপ্তানি করবেন না | ডাউনলোড বোতাম যোগ করুন |
সাবটাইটেল যোগ করে এক্সপোর্ট করুন | ক্রেডিট যোগ করুন | ক্রেডিট দেখান | ভিডিও স্ট্যাটাস |
save the last scene | save the intro | save the clip | save the date | save only the first 10 seconds | save as GIF | save the audio |
save the video to YouTube | save the first video | render it in black and white | render a 3D title | render the text in gold |
render it slower | render the subtitles | give me the video in black and white | give me the video with subtitles | give me a video |
give me a better video | done with the intro | done | finish | finish the film | finish the film and export | finish with a fade |
finish and add music | looks good | perfect | done, export without music | check the audio | check the spelling | check account name |
show account name | show my account number | show the timeline of events as captions | show a timeline | timeline |
show the timeline in red | show the timeline of the war | 保存最后一段 | 保存第一个镜头 | 渲染成黑白 | 渲染一个标题 | 完成视频并导出 | 给我视频加字幕 |
显示时间线动画 | 显示时间轴上的文字 | শেষ দৃশ্যটি সেভ করুন | ভিডিওটি সাদাকালো রেন্ডার করুন | ভিডিওটি দিন সাবটাইটেলসহ | টাইমলাইনে লেখা দেখান | শেষ |
shesh drissho save koro | video ta sada kalo render koro | timeline e lekha dekhao |
অবস্থা পরিবর্তন করুন | গান ডাউনলোড করুন | আপলোড করা ভিডিও ছোট করুন";

/// Written by someone who has not seen the code, as people in newsrooms and schools type.
const STRANGER: &str = include_str!("phrases.tsv");

#[test]
fn what_a_stranger_would_type() {
    let rows: Vec<_> = STRANGER.lines().map(|line| line.split_once('\t').unwrap()).collect();
    assert!(rows.len() >= 150);
    let wrong: Vec<_> = rows.iter().filter(|(want, step)| kind(step) != *want).collect();
    let shown = wrong
        .iter()
        .map(|(want, step)| format!("{step:?} is {want}, not {}: {:?}", kind(step), folded(step)));
    assert!(wrong.is_empty(), "{}", shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn steps_that_are_only_an_action() {
    let table = [
        ("export", EXPORT_STEPS),
        ("credits", CREDITS_STEPS),
        ("state", STATE_STEPS),
        ("upload", UPLOAD_STEPS),
    ];
    for (want, steps) in table {
        for step in listed(steps) {
            assert_eq!(kind(step), want, "{step:?} as {:?}", folded(step));
        }
    }
    assert_eq!(kind("export\n1080p\r\nmp4\n"), "export");
}

#[test]
fn words_that_only_mention_one() {
    for step in listed(MESSAGES).chain(["", "...", "\u{202E}tropxe", "export\u{0}x"]) {
        assert_eq!(kind(step), "message", "{step:?} as {:?}", folded(step));
    }
    assert_eq!(kind(&"export ".repeat(10_000)), "message");
}

#[test]
fn how_the_film_was_asked_for() {
    let table = [
        ("export", None, None, None),
        ("please export 1080p MP4", Some(1080), Some("mp4"), None),
        ("export as mov in full HD 1080p", Some(1080), Some("mov"), None),
        ("export 4k uhd", Some(2160), None, None),
        ("hd 720p export", Some(720), None, None),
        ("export in HD", None, None, None),
        ("export 1920 x 1080", None, None, None),
        ("download in low quality", None, None, Some(Quality::Low)),
        ("导出高质量1080p视频", Some(1080), None, Some(Quality::High)),
        ("উচ্চ মানের ৭২০p এক্সপোর্ট", Some(720), None, Some(Quality::High)),
    ];
    for (step, height, format, quality) in table {
        let want = Asked { height, format: format.map(str::to_owned), quality };
        // Spaced sizes are not known; all others must come out whole.
        let want = if step.contains(" x ") { Route::Message } else { Route::Export { asked: want } };
        assert_eq!(route(step), want, "{step:?}");
    }
}

#[test]
fn the_tables_are_spelled_as_steps_are_folded() {
    let all = [EXPORT, SAVE, CREDITS, STATE, UPLOAD];
    let words = all.iter().flat_map(|w| w.around.iter().copied().chain([w.heads]));
    let asked = HEIGHTS.iter().map(|(_, n)| *n).chain(QUALITIES.iter().map(|(_, n)| *n));
    for phrase in words.chain(asked).flat_map(|list| list.split('|')) {
        assert_eq!(folded(phrase), phrase);
    }
}

#[test]
fn every_head_is_an_action_and_nothing_around_it_is() {
    let saves = (SAVE, "export");
    for (words, want) in
        [(EXPORT, "export"), saves, (CREDITS, "credits"), (STATE, "state"), (UPLOAD, "upload")]
    {
        for head in words.heads.split('|') {
            assert_eq!(kind(head), want, "{head:?}");
        }
        for other in words.around.iter().flat_map(|list| list.split('|')) {
            assert_eq!(kind(other), "message", "{other:?}");
        }
    }
}

#[test]
fn the_ledger_gives_it_back() {
    for step in ["export 1080p mp4", "credits", "status", "upload", "add music"] {
        let json = serde_json::to_string(&route(step)).unwrap();
        assert_eq!(serde_json::from_str::<Route>(&json).unwrap(), route(step));
    }
}

proptest! {
    #[test]
    fn nothing_is_too_strange_to_route(step in "\\PC{0,80}|(export|导出|রপ্তানি| |।|1080p|\u{200D}|[a-c]){0,12}") {
        // One unknown word is enough to make a message of it.
        let _ = route(&step);
        prop_assert_eq!(kind(&format!("{step} xylophone")), "message");
    }
}
