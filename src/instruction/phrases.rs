//! The words that make a step an action, in English, Chinese and Bangla. Data only.
//!
//! Phrases are separated by `|` and spelled as `route` folds a step: NFKC, lower case, ASCII digits, punctuation
//! as a space. Ambiguous ones are left out on purpose: "show the credits" may mean the end of a film, "status video" is
//! a kind of film, "left balance" is sound. A message too many costs less than an edit that was swallowed.

use super::Quality;

/// What may stand around any action.
pub(super) const POLITE: &str = "please|pls|plz|kindly|now|then|and then|finally|just|ok|okay|hi|hello|thanks\
    |thank you|thx|can you|could you|would you|will you|can i|can we|could i|i want to|i would like to|i d like to\
    |we want to|let me|for me|for us|bhai|vai|apu|dada|didi|doya kore|ekhon|ebar|tarpor|dhonnobad|amake\
    |🙏|👍|🙂|😊|❤|🎬\
    |请|請|请你|麻烦|麻烦你|帮我|帮忙|谢谢|一下|现在|然后|最后|吧|吗|可以|我要|我想\
    |দয়া করে|অনুগ্রহ করে|প্লিজ|প্লীজ|ধন্যবাদ|এখন|এখনই|এবার|তারপর|একটু|আমাকে";

/// Bangla verbs that only carry a noun: do, give, want to do.
const DO: &str = "koro|korun|koren|kor|kore dao|kore den|kore din|kore diyen|korte chai|korben|din|dao|den\
    |কর|করুন|করো|করে দিন|করে দাও|করে দেন|করা হোক|করতে চাই|করতে পারেন|করবেন|দিন|দাও";

/// One kind of action: a step is one when it is nothing but these, with a head among them.
pub(super) struct Words {
    /// What the action is known by.
    pub(super) heads: &'static str,
    /// What says nothing more beside it.
    pub(super) around: &'static [&'static str],
}

pub(super) const EXPORT: Words = Words {
    heads: "export|exprot|exoprt|exort|exprt|download|donwload|dowload|video pathan|video pathao|video ta pathan|video ta pathao\
        |video ta pathiye din|video ta pathiye dao|video ta den|send me the video|send me the film|send me the movie|send me the clip|send me the file\
        |send me the mp4|send me the result|send me the final video|send me the finished video|send me my video\
        |send me video|send the video|send the film|send the final video|send my video|send it to me\
        |give me the video|give me the film|give me the movie|give me the file|give me the mp4|give me the result|give me my video\
        |give me my film|give me the final video|give me the final film|give me the finished video|give me the finished film\
        |give it to me|get me the video|can i have the video|could i have the video|can i have my video|finish export|finish the export\
        |save and export|export and save|render and export|export and render|save and download|download and save|render and download\
        |video ta dao|video ta din|把视频给我|给我成片|把成片给我|完成 导出|好了 导出\
        |ভিডিওটি দিন|ভিডিওটা দিন|ভিডিওটি দাও|ভিডিওটা দাও\
        |导出|導出|汇出|匯出|下载|下載|发给我|把视频发给我|发送视频给我|发我视频\
        |রপ্তানি|এক্সপোর্ট|ডাউনলোড|ভিডিও পাঠান|ভিডিও পাঠাও|ভিডিওটা পাঠিয়ে দিন|ভিডিওটি পাঠিয়ে দিন|ভিডিওটা পাঠিয়ে দাও\
        |ভিডিওটি পাঠান|ভিডিওটি পাঠাও|ভিডিওটা পাঠান|ভিডিওটা পাঠাও",
    around: &[
        POLITE,
        DO,
        "done|all done|that s all|that is all|that s it|i m done|i am done|we re done|we are done|finish and|finish up and|looks good\
        |looks great|all good|perfect|kaj shesh|shesh|shese|শেষে|完成并|完成后|完成了|好了|做好了\
        |শেষ|কাজ শেষ|হয়ে গেছে|কাজ হয়ে গেছে",
        "it|this|that|the|a|an|my|our|video|film|movie|file|result|the clip|this clip|my clip|final|finished|and|to me\
        |video ta|ta|te|e|amar|h264|h 264|60 fps|30 fps|25 fps|as|in|at|to|quality|resolution|format|hd|hd quality\
        |视频|影片|成片|文件|这个|我的|最终|把|为|成|的|格式|高清|并|和|出来\
        |তে|ভিডিও|ভিডিওটি|ভিডিওটা|ফাইল|ফাইলটি|ফিল্ম|ক্লিপটি|এটি|এটা|আমার|ও|এবং|হিসেবে|হিসাবে|এ|ফরম্যাটে|ফরম্যাট|রেজোলিউশনে|রেজুলেশনে",
    ],
};

/// Words that may also mean to keep a part, or to draw: they are an export only beside the whole film.
pub(super) const SAVE: Words = Words {
    heads: "save|render|保存|渲染|সেভ|সংরক্ষণ|রেন্ডার|save my work|save the work|save the project|save my project|save changes\
        |save the changes|save everything",
    around: &[
        POLITE,
        DO,
        "done|all done|that s all|that is all|and|it|this|the video|my video|the film|my film|the movie|the final video|the final film\
        |the final movie|the finished video|the finished film|the whole video|the whole film|the result|the final result|the file|video\
        |film|video ta|video ti|eta|shese|শেষে|amar|as|in|at|h264|hd\
        |视频|影片|成片|文件|项目|这个|我的|最终|把|为|的|格式|高清|出来|好\
        |ভিডিও|ভিডিওটি|ভিডিওটা|ফাইল|ফাইলটি|ফিল্ম|ফিল্মটি|এটি|এটা|আমার|পুরো ভিডিওটি|শেষ|কাজ শেষ",
    ],
};

pub(super) const CREDITS: Words = Words {
    heads: "credits|check the credits|show credits|check account|check my account|check the account|check billing|check my billing\
        |check the billing|how many credits left|how many credits remain|how many credits are remaining|how many credits are there\
        |how much credit is left|how much credit do i have|credit left|credit check|account check|credit check koro|credit check korun\
        |credits check koro|credits check korun|balance check koro|balance check korun|account check koro|account check korun\
        |检查积分|检查余额|查看账户|查询账户|检查账户|查账户\
        |অ্যাকাউন্ট চেক করুন|অ্যাকাউন্ট চেক করো|একাউন্ট চেক করুন|একাউন্ট চেক করো|অ্যাকাউন্ট দেখুন|ক্রেডিট চেক করুন|ক্রেডিট চেক করো\
        |creidts|cerdits|credit koto|koto credit|credit koto ache|credit koto ase|balance koto|credit balance|balance|credits left|credits remaining|credits available|how many credits do i have\
        |how many credits do i have left|how many credits are left|how many credits have i left|show my credits|show my credit balance|show me my credit balance\
        |show me my credits|show my balance|show me my balance|show balance|show the balance|check the balance\
        |what is the balance|what s the balance\
        |积分|積分|余额|餘額\
        |ক্রেডিট|ব্যালেন্স|ব্যালান্স|আমার ক্রেডিট দেখান|আমার ক্রেডিট দেখাও|ব্যালেন্স দেখান|ব্যালেন্স দেখাও",
    around: &[
        POLITE,
        "amar|ache|ase|baki|bolun|bolo|dekhan|dekhao|my|check|check my|account|current|remaining|what is my|what s my|of my account|tell me my\
        |我的|查询|查看|查|看看|看|剩余|还有多少|有多少|还剩多少|还剩|多少|账户|帐户|我\
        |আমার|কত|আছে|বাকি|বাকি আছে|অবশিষ্ট|অ্যাকাউন্টের|একাউন্টের|জানান|জানাও|চেক করুন|চেক করো",
    ],
};

pub(super) const STATE: Words = Words {
    heads: "show the timeline|show timeline|show me the timeline|show my timeline|show the timeline to me|can i see the timeline\
        |timeline dekhao|timeline dekhan|timeline ta dekhao|timeline ta dekhan|track dekhao|tracks dekhao|tracks dekhan\
        |显示时间线|查看时间线|看时间线|显示时间轴|查看时间轴|看时间轴\
        |টাইমলাইন দেখান|টাইমলাইন দেখাও|টাইমলাইনটি দেখান|টাইমলাইনটি দেখাও|টাইমলাইনটা দেখান|টাইমলাইনটা দেখাও\
        |status|staus|satus|status ki|show the current state|show current state|show the state of my project|show tracks|show the tracks|show me the tracks|show my tracks|show all tracks|show me all tracks\
        |状态|狀態|显示轨道|查看轨道|显示音轨\
        |অবস্থা|স্ট্যাটাস|ট্র্যাক দেখান|ট্র্যাক দেখাও|ট্র্যাকগুলো দেখান|ট্র্যাকগুলো দেখাও|ট্র্যাকগুলি দেখান",
    around: &[
        POLITE,
        "dekhao|dekhan|bolun|bolo|ki|the|my|check|show|show me|tell me|get|what is|what s|current|project|job|of the project|of my project\
        |of the job|of my job|of the video|of my video\
        |查询|查看|查|看看|看|当前|项目|任务|的|我的|显示\
        |আমার|বর্তমান|প্রকল্পের|প্রজেক্টের|কাজের|ভিডিওর|কী|কি|দেখান|দেখাও|জানান|জানাও",
    ],
};

pub(super) const UPLOAD: Words = Words {
    heads: "upload|uplaod|uplod|上传|上傳|আপলোড",
    around: &[
        POLITE,
        DO,
        "ta|video ta|clip ta|it|this|that|the|my|our|these|video|videos|clip|clips|film|movie|file|files\
        |视频|影片|文件|素材|这个|我的|把\
        |ভিডিও|ভিডিওটি|ভিডিওটা|ফাইল|ফাইলটি|ক্লিপ|ক্লিপটি|ক্লিপটা|এটি|এটা|আমার",
    ],
};

/// Sizes of a picture by the names people use, in lines; no name is a part of one further down.
pub(super) const HEIGHTS: [(u32, &str); 7] = [
    (4320, "8k|4320p|4320পি"),
    (2160, "ultra hd|uhd|4k|2160p|2160পি|3840x2160"),
    (1440, "2k|1440p|2560x1440"),
    (1080, "full hd|fhd|1080p|1080পি|1080|1920x1080"),
    (720, "720p|720পি|720|1280x720"),
    (480, "480p|480পি"),
    (360, "360p|360পি"),
];

/// Film formats people ask for; sound and pictures alone are another wish, and so a message.
pub(super) const FORMATS: [(&str, &str); 5] =
    [("mp4", "mp4"), ("mov", "mov"), ("webm", "webm"), ("avi", "avi"), ("mkv", "mkv")];

/// Qualities, said in words.
pub(super) const QUALITIES: [(Quality, &str); 3] = [
    (
        Quality::High,
        "high quality|best quality|highest quality|high resolution|highest resolution|best resolution\
        |高质量|高画质|উচ্চ মানের|উচ্চ মানে",
    ),
    (Quality::Medium, "medium quality|medium resolution|মাঝারি মানের"),
    (Quality::Low, "low quality|low resolution|低质量|কম মানের"),
];
