//! The table: words by which a sentence is known to assume a screen, in English, Chinese and Bangla.

/// Words that may stand before what is to be done, in English.
pub(super) const EN_LEADS: &str = "please|just|simply|now|then|next|finally|and|or|also|so|but|first|afterwards|kindly|\
    always|directly|either|again|alternatively|otherwise|to finish|you can|you can now|you could|you may|you might|you should|\
    you need to|you will need to|you'll need to|you have to|you must|you're welcome to|you are welcome to|feel free to|\
    go ahead and|make sure to|be sure to|don't forget to|do not forget to|remember to|all you need to do is|i recommend to|\
    i suggest to|try to|when ready|when you're ready|it is time to|it's time to|from there|from here|here";
/// Clauses that only lead to such a one, or follow it.
pub(super) const EN_SIDES: &str = "if|when|once|to|for|after|before|whenever|as soon as|in order to|so you can|so that you|\
    so it|at the top|at the bottom|in the top|in the upper|on the right|on the left";
/// What goes on after a click.
pub(super) const EN_FOLLOWS: &str = "choose|select|pick|set|enter|type|wait|save|download|share|enjoy|use|adjust|change|\
    follow|confirm|release|drop|drag|click";
pub(super) const EN_CLICK: &str = "click|tap|double-click|doubleclick|right-click|rightclick|left-click";
pub(super) const EN_PRESS: &str = "press|hit|push|select|choose|pick|use|find|toggle|hover|scroll";
pub(super) const EN_OPEN: &str = "open|go|navigate|switch|head|scroll|return|expand|access";
pub(super) const EN_LOOK: &str =
    "preview|view|see|check|review|play|watch|look|inspect|visit|log|sign|top|manage";
/// What a click is followed by.
pub(super) const EN_THINGS: &str =
    "the|on|your|this|that|it|here|any|each|an|a|to|export|download|save|play|render|and";
/// What is meant by it, as one word of those.
pub(super) const EN_NAMES: &str =
    "the|it|your|and|a|an|any|this|that|these|those|them|each|clips|files|one|some";
pub(super) const EN_BUTTONS: &str =
    "button|buttons|icon|tab|menu|dropdown|checkbox|toolbar|panel|sidebar|slider|toggle";
pub(super) const EN_PLACES: &str = "panel|timeline|editor|tab|menu|window|sidebar|settings|library|preview|workspace|\
    dashboard|canvas|toolbar|inspector";
pub(super) const EN_SEEN: &str = "timeline|player|editor|panel|canvas|window|workspace";
pub(super) const EN_ACCOUNT: &str = "account|billing|subscription|balance";
pub(super) const EN_OUT: &str = "export|download|save|render|exporting";
pub(super) const EN_PARTS: &str = "clip|clips|caption|captions|subtitle|subtitles|track|tracks|layer|layers|text|title|\
    segment|segments|handle|handles|edges";
/// Words of a sentence that tells what is so, and asks for nothing.
pub(super) const EN_TELLS: &str = "is|was|were|are|has|have|had|added|done|finished|completed|complete|failed|settings|\
    started|took|takes";

pub(super) const ZH_LEADS: &str = "请|您可以|你可以|您也可以|你也可以|您现在可以|现在可以|可以|也可以|您需要|你需要|需要|\
    然后|接着|接下来|最后|现在|之后|再|只需|只要|直接|并|或者|或|随时|首先|其次|您|你|也|先|就|可|即可";
pub(super) const ZH_SIDES: &str =
    "如果|如需|若|要是|完成后|满意|以便|即可|就可以|就能|方便|为了|想要|确认无误|准备好";
pub(super) const ZH_CLICK: &str = "点击|单击|点按|轻点|轻触|点选|按下|双击|右键|右击|勾选";
pub(super) const ZH_CHOOSE: &str = "选择|选中|使用|找到";
pub(super) const ZH_BUTTONS: &str = "按钮|菜单|面板|选项卡|图标|右键";
/// After a click: then it is a sound or a number.
pub(super) const ZH_NO_THINGS: &str = "音|声|率|量|效|数";
pub(super) const ZH_OPEN: &str = "打开|进入|前往|切换到|返回|转到|展开";
pub(super) const ZH_PLACES: &str =
    "时间线|时间轴|面板|编辑器|窗口|菜单|设置|预览|侧边栏|素材库|标签页|工作区|编辑界面";
pub(super) const ZH_LOOK: &str = "预览|查看|检查|播放|登录|核对|看看";
pub(super) const ZH_SEEN: &str = "时间线|时间轴|预览窗口|播放器|面板";
pub(super) const ZH_PREVIEWS: &str = "效果|视频|它|一下|您|你|成片|结果|影片";
pub(super) const ZH_ACCOUNT: &str = "账户|帐户|账号|帐号|账单|余额|订阅";
pub(super) const ZH_OUT: &str = "导出|下载|保存";
pub(super) const ZH_DRAG: &str = "拖拽|拖动|拖放|拖入|拖到|拖至|拖进";
pub(super) const ZH_TELLS: &str = "已|添加|加了|完成|失败|成功|设置为|格式";

/// How a sentence ends that tells somebody to do something, in Bangla.
pub(super) const BN_ASKS: &str = "করুন|দিন|নিন|চাপুন|টিপুন|খুলুন|আনুন|ছাড়ুন|রাখুন|টানুন|দেখুন|যান|পারেন|পারবেন|হবে|বসান|সরান|\
    ফেলুন|করবেন|দেখবেন|করো|দাও|খোলো|দেখো";
pub(super) const BN_CLICK: &str = "ক্লিক|ট্যাপ|চাপুন|চাপ|টিপুন|প্রেস";
pub(super) const BN_PARTS: &str = "ডবল-ক্লিক|ডাবল ক্লিক|ডাবল-ক্লিক|রাইট ক্লিক|রাইট-ক্লিক";
pub(super) const BN_OUT: &str = "এক্সপোর্ট|ডাউনলোড|সেভ|সংরক্ষণ|রপ্তানি|export|download|save";
pub(super) const BN_OUT_ALONE: &str = "এক্সপোর্ট করুন|ডাউনলোড করুন|ডাউনলোড করে নিন|এক্সপোর্ট করে নিন|এক্সপোর্ট করতে পারেন|\
    ডাউনলোড করতে পারেন|ডাউনলোড করতে পারবেন|এক্সপোর্ট করতে পারবেন";
pub(super) const BN_OUT_THEN: &str = "ক্লিক করলে|চাপলে|টিপলে";
pub(super) const BN_OPEN: &str = "খুলুন|খুলতে|খুলে|যান|খোলো";
pub(super) const BN_PLACES: &str = "প্যানেল|টাইমলাইন|এডিটর|মেনু|উইন্ডো|ট্যাব|সেটিংস|লাইব্রেরি|panel|timeline|editor";
pub(super) const BN_LOOK: &str = "দেখ|প্রিভিউ|preview";
pub(super) const BN_ACCOUNT: &str = "অ্যাকাউন্ট|একাউন্ট|বিলিং|ব্যালেন্স|account|billing";
pub(super) const BN_ACCOUNT_LOOK: &str = "দেখুন|যান|চেক|যাচাই|দেখে|দেখতে";
pub(super) const BN_DRAG: &str = "ড্র্যাগ|ড্রাগ|টেনে|টানুন";
/// How a clause ends that only leads to such a one.
pub(super) const BN_SIDES: &str = "চাইলে|হলে|জন্য|লাগলে|করতে|দেখতে|পেতে|শেষে|থাকলে";
