# What every act shares
acts-no-community = هذا الحاسوب يحفظ نسخة احتياطية ولا يكتب باسم أي مجتمع. افتح حاسوب مجتمعك.
acts-stale-form = هذا النموذج من صفحة قديمة. افتح الصفحة من جديد وأرسله مرة أخرى.
acts-needs-tls = من جهاز آخر لا يعمل هذا إلا عبر اتصال محمي. افتح العنوان الذي يبدأ بـ https.
acts-cannot-write = لا يمكن تدوين شيء الآن. لم يُحفظ ما أدخلته؛ دوّنه على ورقة وحاول مرة أخرى. يرى الأمين السبب في صفحة المشغّل.
acts-not-written = لم يُدوَّن شيء.
acts-mend = صحّح ما يلي؛ لم يُدوَّن شيء بعد.
acts-done = تم التدوين. شكرًا لك.
acts-take-back = تصحيح أو تراجع
ask-title = هل هذا صحيح؟
ask-never-blocks = إن كان صحيحًا فقل نعم وسيُدوَّن كما هو.
ask-yes = نعم، هذا صحيح
ask-no = لا، أريد تغييره
choose = اختر
unit-pack = { $name } ({ $amount })
unit-dozen = دزينة
unit-days = يوم
amount-of = { $amount } من { $item }
batch = الدفعة
batch-named = الدفعة { $mark }
batch-unnamed = العلامة { $mark }
batch-no-date = بلا تاريخ
batch-good-until = صالح حتى { $day }

# How a figure was found
how-found = كيف عُرف ذلك؟
how-other = عبر الهاتف أو من ورقة أو في يوم آخر
how-day = في أي يوم؟
how-day-hint = اتركه فارغًا إن كان الآن.
method-counted = بالعدّ أو الوزن
method-estimated = تقديرًا
method-metered = قراءة من عدّاد
method-paper = من ورقة
method-told = بلاغ من متصل

# Faults of fields
field-bad-day = «{ $found }» ليس يومًا. اكتبه هكذا: 2027-03-31.
field-day-missing = اختر يومًا.
field-bad-mark = «{ $found }» ليس رقمًا مطبوعًا. استعمل حتى ٢٠ حرفًا لاتينيًا أو رقمًا و - . / _
field-bad-number = «{ $found }» ليس عددًا صحيحًا حتى { $most }.
field-reason-missing = اذكر السبب.
field-choice-missing = اختر واحدًا.
amount-no-number = اكتب الكمية، مثل ‎250 kg.
amount-two-readings = يمكن قراءة «{ $found }» بطريقتين: { $one } أو { $other }. للأول أضف صفرًا في آخر الرقم، وللثاني احذف العلامة.
amount-bad-number = «{ $found }» يُقرأ بطريقتين. اكتبه دون فواصل للآلاف، مثل 1250.5.
amount-unknown-unit = «{ $found }» ليست وحدة هنا. استعمل إحدى هذه: { $allowed }.
amount-wrong-unit = «{ $found }» تقيس شيئًا آخر؛ هذا يُعدّ بـ { $expected }.
amount-too-fine = { $found } أدقّ من وحدة واحدة ({ $unit })، وهي أصغر كمية تُحفظ.
amount-too-large = هذه الكمية أكبر مما يسعه دفتر المخزون. تحقق من الوحدة.
amount-mixed = هذه الكميات تقيس أشياء مختلفة.
amount-nobody = لا يوجد من تُقسم بينهم.

# Questions
question-unusual = حقًا { $entered }؟ في المرة السابقة كانت { $last }.
question-below-zero = دفتر المخزون لا يعرف إلا { $there }، وستخرج { $taken }. هل هذا صحيح؟
question-below-floor = سيبقى { $remains }، أقل مما نحتفظ به ({ $keep }). هل ترسله مع ذلك؟
question-past-date = آخر يوم صالح كان { $day }. هل هذا صحيح؟
question-like-last = أُدخل الشيء نفسه في { $time }: { $amount }. هل هذه مرة أخرى؟
question-in-future = { $day } لم يأتِ بعد. هل هذا صحيح؟
question-already-there = توجد هنا دفعة بهذا الرقم وهذا التاريخ، وفيها { $there } حسب الدفتر. هل هذه دفعة أخرى؟ إن كانت هي نفسها فارجع واحسب تلك.
question-long-need = حقًا { $entered }؟ هذا ما يحتاجه المجتمع كله في { $days } يومًا.
question-more-than-held = حقًا { $offered }؟ دفتر المخزون يعرف { $there }.

# Why it is not written down
refusal-wrong-permit = الإذن الحالي لا يشمل هذا. افتح الصفحة من جديد.
refusal-no-store = لا يوجد مخزن «{ $store }» في هذا المجتمع. اختر أحد مخازنه.
refusal-no-item = لا يوجد «{ $item }» في قائمة الأصناف. اختر صنفًا منها.
refusal-no-place = لا يوجد مكان «{ $place }» في المنطقة.
refusal-no-batch = هذه الدفعة ليست في دفتر مخزوننا. اختر واحدة أو عُدّها أولًا.
refusal-no-entry = لا توجد هذه القيود في هذه الدفعة.
refusal-of-transfer = هذا القيد من عملية نقل. صحّح التحميل أو الوصول هناك.
refusal-no-transfer = لم يُسمع هنا بهذا النقل بعد. انتظر التبادل التالي مع المُعطي.
refusal-no-load = لا توجد هذه الحمولة في هذا النقل.
refusal-no-objection = ليس لدينا اعتراض مفتوح هنا.
refusal-not-stated = لم يذكر مجتمعنا ذلك.
refusal-no-line = لا يوجد سطر { $line }.
refusal-wrong-unit = { $item } يُعدّ بـ { $expected } لا بـ { $found }.
refusal-not-positive = يجب أن تكون الكمية أكبر من صفر.
refusal-negative = لا يجوز أن تكون الكمية أقل من صفر.
refusal-wrong-reason = «{ $reason }» ليس سببًا لهذا. اختر سببًا آخر.
refusal-not-enough = من { $item } لا يمكن إعطاء إلا { $available } والمطلوب { $wanted }. المحجوز والمخصّص لا يُحسب.
refusal-wrong-state = لا يمكن فعل ذلك الآن؛ حالة النقل: { $status }.
refusal-over-load = السطر { $line }: المخصّص { $reserved }، فلا يمكن تحميل { $wanted }.
refusal-does-not-add-up = السطر { $line }: الواصل والمرفوض والناقص مجموعها { $found } والمحمَّل { $loaded }. ضع الباقي في الناقص.
refusal-reason-missing = السطر { $line }: اذكر سبب الرفض أو النقص. «لا يُعرف بعد» جواب مقبول.
refusal-same-hand = أنت من حمّلها. التحميل والوصول يؤكدهما شخصان مختلفان؛ اطلب ذلك من غيرك.
refusal-same-person = أنت من بدأ هذا النقل. يجب أن يوافق شخص ثانٍ.
refusal-not-ours = هذا من شأن { $place } وحده.
refusal-to-itself = لا يمكن لـ { $place } أن يرسل إلى نفسه. انقله إلى مخزن آخر.
refusal-nothing = لم يُختر شيء. اذكر صنفًا واحدًا على الأقل وكميته.
refusal-too-many-lines = { $n } سطرًا كثيرة على ورقة واحدة؛ تسع { $max }.
refusal-day-order = { $day } قبل { $other }. اختر يومًا لاحقًا.
refusal-region = في ملف المنطقة أخطاء: { $n }. افحصه أولًا.
refusal-text-too-long = النص { $n } حرفًا؛ يسع { $max }.
refusal-codes-missing =
    { $n ->
        [one] ملف المنطقة ينقصه شيء
       *[other] ملف المنطقة تنقصه { $n } أشياء
    } يذكرها الدفتر: { $codes }. الرموز دائمة: أعد كل رمز كما كان، وللمجتمع المغادر ضع يوم مغادرته.
refusal-admitted = هذا الحاسوب معروف بأنه يتحدث باسم { $place }.

# Why somebody may not
denied-no-grant = ليست لديك مهمة هنا تسمح لك بـ: { $action }. اطلبها من أمين في { $place }.
denied-role = بصفتك { $role } لا يمكنك: { $action }. اطلب ذلك من: { $others }.
denied-place = مهمتك بصفة { $role } هي لـ { $here } لا لـ { $there }. اطلب من أحد هناك أو من أمين.
denied-revoked = سُحبت مهمتك بصفة { $role } لـ { $here } ({ $reason }). راجع أمينًا.
denied-expired = انتهت مهمتك بصفة { $role } لـ { $here } في { $day }. اطلب من أمين تجديدها.
denied-future = تبدأ مهمتك بصفة { $role } لـ { $here } في { $day }. ساعة هذا الحاسوب تقول { $today }: إن لم يكن هذا اليوم فاطلب ممن يشغّله أن يضبط الساعة. وإلا فانتظر قليلًا أو راجع أمينًا.
denied-cap = { $asked } من { $item } أكثر مما تسمح به مهمتك في المرة ({ $max }). أدخل أقل أو راجع أمينًا.
denied-unstated = مهمتك تسمح بكميات محدودة فقط. اذكر كم ومن أي شيء.
denied-rule = لا يمكن لقاعدة متفق عليها: { $action }؛ يجب أن يقرر ذلك إنسان.
action-count = إدخال عدّ
action-record-entry = تدوين قيد
action-correct = تصحيح قيد
action-open-batch = إدخال دفعة جديدة
action-hold-recall = حجز دفعة أو استدعاؤها
action-state-need = ذكر حاجة
action-close-need = إغلاق حاجة
action-make-offer = تقديم عرض
action-commit = الوعد بمخزون
action-approve-commit = الموافقة كشخص ثانٍ
action-accept = قبول وعد
action-refuse = رفض وعد
action-object = الاعتراض
action-settle-objection = تسوية اعتراض
action-dispatch = إرسال حمولة
action-confirm-receipt = تأكيد ما وصل
action-withdraw = سحب وعد
action-divert = الإبلاغ عن حمولة
action-adopt-region = اعتماد ملف منطقة
action-grant = إعطاء مهمة لأحد
action-revoke = سحب مهمة
action-confirm-restore = تأكيد بيانات مستعادة
action-read-amounts = رؤية الكميات
action-read-concerned = رؤية ما يراه المعنيون فقط
action-read-people = رؤية من يحمل أي مهمة
action-manage-node = إدارة حاسوب المجتمع
action-read-bands = رؤية ما إذا كان هناك ما يكفي

# Reasons
reason-harvested = حصاد أو جمع
reason-made = صُنع هنا
reason-born = مولود
reason-opening = كان هنا عند البدء
reason-gift-in = هدية من الخارج
reason-purchase-in = شراء من الخارج
reason-loan-in = استعارة من الخارج
reason-found = عُثر عليه
reason-other-in = دخل لسبب آخر
reason-consumed = استُهلك هنا
reason-handed-out = وُزّع على الناس
reason-sown = بُذر
reason-fed = علف للحيوانات
reason-used-to-make = استُعمل لصنع شيء آخر
reason-slaughtered = ذُبح
reason-died = نفق
reason-spoiled = فسد
reason-expired = تجاوز تاريخه
reason-damaged = مكسور أو ممزق
reason-cold-chain = سخن أكثر من اللازم
reason-stolen = مسروق
reason-lost = مفقود
reason-pests = أكلته الآفات
reason-destroyed = استُدعي وأُتلف
reason-aid-out = أُعطي لجيران من الخارج
reason-loan-returned = أُعيد إلى المعير
reason-other-out = خرج لسبب آخر
reason-moved-out = نُقل إلى مخزن آخر
reason-moved-in = نُقل من مخزن آخر
reason-not-known-yet = لا يُعرف بعد
reason-not-needed = لم يعد مطلوبًا
reason-no-room = لا مكان للتخزين
reason-no-transport = لا مركبة أو سائق
reason-needed-here = نحتاجه هنا
reason-wrong-item = ليس ما اتُّفق عليه
reason-short-dated = قريب من تاريخه
reason-figures-doubted = الأرقام موضع شك
reason-others-first = غيرنا أحوج
reason-recall = الدفعة مستدعاة
reason-quarantine = بانتظار فحص
reason-entry-error = قيد خاطئ
reason-route-closed = الطريق مغلق
reason-sent = حُمّل للنقل
reason-arrived = وصل مع نقل
reason-came-back = عاد
reason-excess = وصل أكثر مما حُمّل

# Groups
group-food = الطعام
group-water = الماء
group-medicine = الدواء
group-hygiene = النظافة
group-shelter = المأوى
group-fuel = الوقود
group-energy = الكهرباء
group-seed = البذور
group-feed = العلف
group-animal = الحيوانات
group-tool = الأدوات

# When nothing can be written
cannot-old-data = بدأ هذا الحاسوب من بيانات قد تكون قديمة. لا يعد بشيء حتى يسأل { $n } من الجيران أو يؤكد أمين أن لا شيء ناقص. يمكن تدوين الجرد والوصول.
cannot-other = استُعمل هذا النموذج لقيد آخر. افتحه من جديد حتى لا يُدوَّن شيء مرتين ولا يضيع.
cannot-disk = قرص الحاسوب شبه ممتلئ فلا يُدوَّن جديد. ما دُوّن محفوظ. اطلب من الأمين توفير مساحة.
cannot-too-large = هذا كثير على قيد واحد. قسّمه إلى اثنين.
cannot-busy = قيود كثيرة تنتظر التدوين. حاول بعد لحظة.
cannot-closed = هذا الحاسوب يُغلق الآن. حاول عند عودته.
refusal-no-route = لا يوجد طريق «{ $route }» في المنطقة.
refusal-not-our-route = الطريق { $route } لا ينتهي هنا. اسألوا أحد طرفيه.
refusal-not-our-place = { $place } يتولاه مجتمع آخر، وهو وحده يقول ما يعطي.
refusal-pause-too-long = اختاروا يومًا من { $first } إلى { $last }.
pause-how-long = ليس الآن، وإلى متى
pause-title = ليس الآن
pause-line = { $place }: لا يُعطى { $item } حتى { $day }. يُسأل غيره.
pause-take-back = العودة إلى العطاء
action-state-route = إغلاق طريق أو فتحه
