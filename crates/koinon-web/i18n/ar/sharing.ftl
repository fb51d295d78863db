# الاتفاق: ما يخرج من المجتمع، وإلى من، ولماذا، وحتى متى.
nav-agreement = ما نشاركه
sharing-title = ما نشاركه
sharing-lead = ما يخرج من هذا المجتمع، وإلى من، ولماذا، وحتى متى. ولا يخرج شيء غيره.
sharing-headline =
    { $n ->
        [one] جار واحد يرى ما عندنا
        [two] جاران يريان ما عندنا
        [few] { $n } جيران يرون ما عندنا
        [many] { $n } جارًا يرون ما عندنا
       *[other] { $n } جار يرون ما عندنا
    }
sharing-headline-nobody = لا يرى أي جار ما عندنا
sharing-headline-copy = نسخة الأمان تحفظ ما تسمح به المجتمعات ولا تشارك شيئًا من عندها
sharing-leaves = ما يخرج
sharing-always = دائمًا
sharing-always-what = ما تحتاجه المساعدة: الحاجات والعروض والوعود والحمولات والإيصالات والطرق المغلقة والدفعات المسحوبة، بكميات وبلا أسماء؛ ومن يحق له التوقيع عنا.
sharing-always-why = لا ينتهي ذلك بانتهاء أي اتفاق، حتى لا تمنع ورقة مساعدةً.
sharing-never = أبدًا
sharing-never-what = الأسماء وأرقام الهواتف والملاحظات وكل ما يخص شخصًا بعينه. ليست ضمن ما تجري مشاركته أصلًا.
sharing-stock = ما في مخازننا
sharing-served = عدد من حصلوا على خدمة، معدودين عند كل تسليم
sharing-nobody = لا أحد
sharing-with = مع { $who }
sharing-not-signed = لم يوقع بعد: { $who }. يقرؤونه مع ذلك ولم يتعهدوا بحذفه.
sharing-shortfalls = ليس كل الجيران يرون مخازننا. لذلك يعلن هذا الحاسوب من نفسه ما ينقصنا كحاجات.
sharing-hidden = هؤلاء لا يعرضون علينا مخازنهم: { $who }. ما يحتاجونه يظل ظاهرًا هنا.
sharing-holds = ساري المفعول
sharing-ahead = موقع، يبدأ لاحقًا
sharing-proposed = لم يوقعه عدد كافٍ
sharing-lapsed = انتهى
sharing-ended = أُنهي
sharing-days = من – إلى
sharing-basis = يستند إلى
sharing-copies = نسخ الأمان
sharing-copies-yes = يجوز حفظه في نسخ الأمان لدى الأطراف
sharing-copies-no = ليس في نسخ الأمان
sharing-check = رقم التحقق
sharing-fields = كل الحقول: { $fields }
sharing-stock-how = دفعة بدفعة، فور كتابتها. ولا تُسلَّم إلى غيرهم.
sharing-served-how = مرة في الشهر، لمجتمع كامل من 5,000 شخص أو أكثر. من 1 إلى 7 لا يُذكر شيء، والباقي يُقرَّب إلى 5.
sharing-left-out = لا يُذكر
sharing-so-far = هذا الشهر حتى الآن، كما سيخرج
sharing-retention =
    { $n ->
        [0] عند انتهائه يُحذف فورًا.
        [one] يُحذف بعد يوم واحد من انتهائه.
        [two] يُحذف بعد يومين من انتهائه.
        [few] يُحذف بعد { $n } أيام من انتهائه.
        [many] يُحذف بعد { $n } يومًا من انتهائه.
       *[other] يُحذف بعد { $n } يوم من انتهائه.
    }
sharing-field-item = ما هو
sharing-field-store = أي مخزن
sharing-field-good-until = آخر يوم صالح
sharing-field-batch = رقم الدفعة
sharing-field-amount = الكمية
sharing-field-reason = لماذا دخل أو خرج
sharing-field-day = متى
sharing-field-method = كيف عُدّ
sharing-field-month = الشهر
sharing-field-people = الأشخاص
sharing-field-households = الأسر
sharing-parties = من يوقع
sharing-signed =
    { $n ->
        [0] لم يوقع أحد
        [one] وقع شخص واحد
        [two] وقع شخصان
        [few] وقع { $n } أشخاص
        [many] وقع { $n } شخصًا
       *[other] وقع { $n } شخص
    }
sharing-text = النص كاملًا
sharing-none = لا يوجد اتفاق لم ينته.
sharing-over = اتفاقات انتهت
sharing-sign = التوقيع عنا
sharing-end = إنهاؤه
sharing-end-how = عندها تُخفى مخازننا عن الجيران فورًا ومخازنهم عنا. ما نحتاجه ونعرضه ونرسله يستمر. لا يمكن التراجع: للمشاركة من جديد يُوقَّع نص جديد.
sharing-end-now = إنهاؤه عنا الآن
sharing-propose = اتفاق جديد
sharing-propose-open = اقتراح نص
sharing-propose-text = النص
sharing-propose-hint = غيّر ما يجب أن يختلف: الأيام والمجتمعات والأسباب. شخصان من كل مجتمع يوقعان النص نفسه؛ ومن عنده رقم التحقق نفسه عنده النص نفسه.
sharing-propose-go = اقتراح وتوقيع
sharing-tonight = ما يحمله التبادل القادم
sharing-tonight-how = أحدث قيودنا ومن يحق له قراءة كل منها. «إظهار» فيه كل ما يخرج معه.
sharing-col-entry = القيد
sharing-col-month = الشهر
sharing-col-people = الأشخاص
sharing-col-households = الأسر
sharing-col-kind = الجزء
sharing-col-readers = من يقرؤه
sharing-col-exact = بالضبط
sharing-everybody = كل الجيران
sharing-entry = { $reason }: { $what }
sharing-entry-batch = دفعة جديدة
sharing-entry-task = مهمة أُعطيت أو سُحبت
sharing-entry-region = ملف المنطقة
sharing-entry-neighbour = صار حاسوب مجتمع معروفًا
sharing-entry-agreement = اتفاق: نصه أو توقيعه أو إنهاؤه
sharing-entry-record = السجل نفسه: مفتاح أو بداية
sharing-show = إظهار
sharing-waits =
    { $n ->
        [one] في طريقه إلى واحد
        [two] في طريقه إلى اثنين
        [few] في طريقه إلى { $n }
        [many] في طريقه إلى { $n }
       *[other] في طريقه إلى { $n }
    }
sharing-kind-keys = المفاتيح والمهام
sharing-kind-aid = ما تحتاجه المساعدة
sharing-let-go = حذف { $who } ما كان { $whose } قد شاركه
sharing-gone = حُذف كما اتُّفق
sharing-notice-lapsed = انتهى اتفاقنا في { $date }: لم يعد الجيران يرون مخازننا ولا نحن مخازنهم. ما نحتاجه يظل معلنًا بالكميات.
sharing-notice-soon =
    { $n ->
        [one] ينتهي اتفاقنا اليوم. اتفقوا على اتفاق جديد ليظل الجيران يرون مخازننا.
        [two] ينتهي اتفاقنا في { $date }، بعد يومين. اتفقوا على اتفاق جديد ليظل الجيران يرون مخازننا.
        [few] ينتهي اتفاقنا في { $date }، بعد { $n } أيام. اتفقوا على اتفاق جديد ليظل الجيران يرون مخازننا.
        [many] ينتهي اتفاقنا في { $date }، بعد { $n } يومًا. اتفقوا على اتفاق جديد ليظل الجيران يرون مخازننا.
       *[other] ينتهي اتفاقنا في { $date }، بعد { $n } يوم. اتفقوا على اتفاق جديد ليظل الجيران يرون مخازننا.
    }
sharing-notice-unsigned = «{ $title }» ينتظر توقيعًا منا.
sharing-look = ما نشاركه
sharing-not-shown = لا يعرض علينا مخازنه
refusal-agreement =
    { $n ->
        [one] في النص خطأ: { $first }
        [two] في النص خطآن، أولهما: { $first }
        [few] في النص { $n } أخطاء، أولها: { $first }
        [many] في النص { $n } خطأً، أولها: { $first }
       *[other] في النص { $n } خطأ، أولها: { $first }
    }
refusal-no-agreement = هذا النص غير معروف هنا. تبادل مع من اقترحه، أو اقترحه هنا.
refusal-no-party = { $place } ليس طرفًا في هذا النص، فلا يوقعه أحد هنا.
refusal-agreement-over = انتهى هذا الاتفاق. اقترح نصًا جديدًا بأيام جديدة.
refusal-signed-already = لقد وقعته من قبل. يوقع شخص ثانٍ أيضًا.
job-sharing = الوفاء بالاتفاقات
