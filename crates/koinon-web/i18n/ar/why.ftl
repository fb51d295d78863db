# لماذا هذا الاقتراح
why-title = لماذا هذا؟
why-headline = يمكن أن يرسل { $from } { $what } إلى { $to }
why-lead = اقتراح حُسب { $ago }. الناس هم من يقررون.
why-this = لماذا هذا
why-not-more = لماذا ليس أكثر
why-not-there = لماذا ليس من مكان آخر
why-travel = كيف سينتقل
why-checked = فُحص بحساب ثانٍ. رقم التحقق:
why-days-at = { $place }، أيام { $item }
why-taker = في { $to } يكفي { $item } الآن { $before } يومًا وبعدها { $after }.
why-taker-less-than-a-day = في { $to } يكفي { $item } الآن { $days }، وهذا يضيف أقل من يوم.
why-giver = سيبقى لدى { $from } { $item } يكفي { $after } يومًا، وهو يحتفظ بـ { $keeps }.
why-needs =
    { $n ->
        [one] يلبّي احتياجًا واحدًا ذكره { $to }.
        [two] يلبّي احتياجين ذكرهما { $to }.
        [few] يلبّي { $n } احتياجات ذكرها { $to }.
       *[other] يلبّي { $n } احتياجًا ذكرها { $to }.
    }
why-before = الآن
why-after = بعدها
why-enough = هذا كل ما يحتاجه { $to } الآن.
why-no-others = لا أحد غيره لديه شيء فوق ما يحتفظ به.
why-not = لماذا لا
why-spare = ما زال يمكنه إعطاء
why-longer = الطريق
why-not-farther = يستطيع، لكنه أبعد أو لديه أقل
why-not-nothing = ليس لديه شيء فوق ما يحتفظ به
why-not-elsewhere = ما يمكنه إعطاؤه يذهب إلى مكان آخر
why-not-full = ما يذهب إلى هناك ممتلئ
why-not-no-way = لا شيء يقدر على حمله يصل في الوقت
why-unmet = ما لا يستطيع أحد تغطيته الآن
against-full = في طريقها تمر من { $from } إلى { $to }؛ وما ينطلق من هناك ممتلئ:
against-short-date = دفعة صالحة { $days } فقط بعد وصولها.
against-floor = ينزل { $from } إلى ما يحتفظ به.
against-packs = قُرّب إلى عبوات كاملة بنقص
against-loss = يضيع في الطريق عادةً:
suggestions-lead = حُسبت مما هو معروف هنا. لا يحدث شيء حتى يتفق الناس.
suggestion-yours = لكم
unmet-open = ما زال ناقصًا
unmet-in-the-way = ما الذي يمنع
unmet-no-stock = لا أحد لديه شيء فوق ما يحتفظ به
unmet-shared-out = يذهب إلى حيث الحاجة أكبر
unmet-no-route = لا طريق يؤدي إلى هناك
unmet-nothing-cold = لا شيء مما يذهب إلى هناك يبقيه باردًا
unmet-nothing-safe = لا شيء مما يذهب إلى هناك يجوز أن يحمله
unmet-too-late = سيصل متأخرًا
unmet-doors-shut = الأبواب مغلقة في تلك الأيام
unmet-dates = سينتهي تاريخه قبل ذلك
unmet-full = ما يذهب إلى هناك ممتلئ
unmet-too-small = ما بقي قليل لا يستحق الطريق
unmet-paused = { $place } أجّل ذلك حتى { $day }
why-gone = لم يعد هذا الاقتراح حديثًا. تغيّر ما هو معروف؛ انظر إلى الأحدث.
why-not-less = يستطيع، لكن لديه أقل فوق ما يحتفظ به
why-shorter = أقصر بـ { $time }
why-longer-by = أطول بـ { $time }
why-not-route-closed = الطريق من هناك مغلق
against-route-closed = { $routes }؛ لو كان مفتوحًا لكان السفر أقصر بـ { $time }
against-more-if-open = يمكن أن يأتي أكثر لو كان مفتوحًا: { $routes }
why-whole-plan = تحسب الأيام كل اقتراحات هذه الخطة معًا، لا هذه الحمولة وحدها.
why-replaced = حلت محله اقتراحات أحدث
unmet-no-room = لا مكان له في المخازن هناك
against-taker-full = تمتلئ حينها مخازن { $to }.
suggestions-all = كل الاقتراحات
unmet-uncounted = لم يُعدّ شيء بعد، بقدر ما يُعرف هنا، في { $names }. لا يمكن القول ما الذي ينقص هناك.
what-if-title = ماذا لو؟
what-if-headline = { $item }: ماذا لو؟
what-if-lead = يُخطط لصنف واحد من جديد بأرقام أخرى. لا يُحفظ شيء هنا ولا يترتب عليه شيء.
what-if-figures = أرقام أخرى
what-if-answer = ما الذي سيحدث
what-if-place = أرقام
what-if-count = في المخزون، أكثر أو أقل مما عُدّ
what-if-keeps = ما يُحتفظ به، أكثر أو أقل من المتفق عليه
what-if-asks = المطلوب، أكثر أو أقل
what-if-room = مساحة أكبر في كل مركبة منه وإليه
what-if-try = احسب
what-if-now = كما هو الآن
what-if-then = في هذه الحالة
what-if-same = كما هو
what-if-gets = يتلقى { $amount }
what-if-gives = يعطي { $amount }
what-if-neither = لا يتلقى ولا يعطي
what-if-lasts = يكفي { $days }
what-if-open = ما زال ناقصًا حيث تتوقف عليه حياة الناس: { $amount }
what-if-hidden =
    { $n ->
        [zero] لا يوجد مكان مخفي.
        [one] مكان واحد لا يمكنك رؤية كمياته محسوب وغير معروض.
        [two] مكانان لا يمكنك رؤية كمياتهما محسوبان وغير معروضين.
        [few] { $n } أماكن لا يمكنك رؤية كمياتها محسوبة وغير معروضة.
        [many] { $n } مكانًا لا يمكنك رؤية كمياتها محسوبة وغير معروضة.
       *[other] { $n } مكان لا يمكنك رؤية كمياتها محسوبة وغير معروضة.
    }
what-if-room-left = حُسب بالمساحة التي تتركها الاقتراحات الأخرى في المركبات والمخازن.
what-if-said-nothing = لم يتغير شيء بعد. حرّك أحد المؤشرات.
what-if-said-count = لدى { $place } نسبة { $percent }٪ مما عدّه من { $item }.
what-if-said-keeps = يحتفظ { $place } بنسبة { $percent }٪ مما يحتفظ به الآن.
what-if-said-asks = يطلب { $place } نسبة { $percent }٪ مما يطلبه الآن.
what-if-said-room = تحمل كل مركبة من { $place } وإليه { $kg } كغ ومثلها من اللترات زيادة.
what-if-none = لا شيء يُحسب لهذا الصنف وهذا المكان.
what-if-not-shown = كميات هذا الصنف لا تُعرض لك، فلا شيء يُجرَّب هنا.
what-if-link = ماذا لو؟
leans-link = على ماذا تعتمد
leans-title = على ماذا تعتمد
leans-headline = على ماذا تعتمد اقتراحات { $item }
leans-lead = أُخذ كل رقم أقل بالعُشر ثم أكثر بالعُشر، وخُطّط للصنف من جديد. الرقم الأعلى في القائمة هو الأهم.
leans-figure = الرقم
leans-fewer = أقل بالعُشر
leans-more = أكثر بالعُشر
leans-doubt = عند الشك
leans-stock = لدى { $place } مقدار { $amount }
leans-use = يستعمل { $place } مقدار { $amount } في اليوم
leans-asks = يطلب { $place } مقدار { $amount }
leans-seen = كما شوهد خلال { $days }
leans-agreed = حسب المتفق عليه لعدد سكانه
leans-stated = كما قال
leans-gets-more = ينال { $place } زيادة { $amount }
leans-gets-less = ينال { $place } أقل بمقدار { $amount }
leans-lives-more = سينقص { $amount } إضافية حيث تتوقف عليها الأرواح
leans-lives-less = سيقل النقص بمقدار { $amount } حيث تتوقف عليها الأرواح
leans-none = لا يتغير شيء إن اختلف أي رقم من { $item } بالعُشر. لا حاجة إلى العدّ من جديد أولًا.
leans-idle =
    { $n ->
        [zero] لا أرقام أخرى.
        [one] رقم واحد آخر لا يغيّر شيئًا. لا حاجة إلى عدّه من جديد أولًا.
        [two] رقمان آخران لا يغيّران شيئًا. لا حاجة إلى عدّهما من جديد أولًا.
        [few] { $n } أرقام أخرى لا تغيّر شيئًا. لا حاجة إلى عدّها من جديد أولًا.
        [many] { $n } رقمًا آخر لا يغيّر شيئًا. لا حاجة إلى عدّه من جديد أولًا.
       *[other] { $n } رقم آخر لا يغيّر شيئًا. لا حاجة إلى عدّه من جديد أولًا.
    }
leans-hidden =
    { $n ->
        [zero] كل الأرقام ظاهرة.
        [one] رقم واحد آخر لم يُجرَّب أو لا يُعرض لكم.
        [two] رقمان آخران لم يُجرَّبا أو لا يُعرضان لكم.
        [few] { $n } أرقام أخرى لم تُجرَّب أو لا تُعرض لكم.
        [many] { $n } رقمًا آخر لم يُجرَّب أو لا يُعرض لكم.
       *[other] { $n } رقم آخر لم يُجرَّب أو لا يُعرض لكم.
    }
leans-asking = طلب العدّ لا يحرّك شيئًا: يبقى المقترح كما هو إلى أن يعدّ أحد.
leans-no-item = لا اقتراحات لصنف كهذا.
recount-ask = طلب العدّ
recount-asked = مجتمعكم يطلب العدّ حتى { $day }.
recount-no-more = الكف عن الطلب
recount-title = آخرون يطلبون منكم العدّ
recount-line = يطلب { $by } منكم إعادة عدّ { $item } في { $place } حتى { $day }.
recount-why = يتوقف على هذا الرقم الكثير في أماكن أخرى. العدّ هو الجواب، ولا يُؤخذ منكم شيء لمجرد السؤال.
