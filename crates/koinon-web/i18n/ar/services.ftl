# رعاية وعمل للآخرين: ما يُطلب، وما وُعد به، ومن يمكنه أن يفعله.
services-title = الرعاية والورش
services-lead = تقول المستشفيات والورش كم يمكنها أن تفعل للآخرين في اليوم. الناس هنا عدد فقط: من يأتي أمر بين البيتين.
services-members = ما يُطلب ومن يمكنه أن يفعله يراه الأعضاء الذين يسجلون دخولهم.
services-none-asked = لا أحد يطلب رعاية أو قطعًا الآن
services-all-met = كل ما يُطلب موعود به
services-headline =
    { $n ->
        [one] طلب واحد ما زال ينتظر وعدًا
        [two] طلبان ما زالا ينتظران وعدًا
        [few] { $n } طلبات ما زالت تنتظر وعدًا
       *[other] { $n } طلبًا ما زالت تنتظر وعدًا
    }
services-requests = الطلبات
services-request = { $place }: { $what }
services-over = انتهى
services-people-of =
    { $n ->
        [one] { $what } لشخص واحد
        [two] { $what } لشخصين
        [few] { $what } لـ{ $n } أشخاص
       *[other] { $what } لـ{ $n } شخصًا
    }
services-pieces-of = { $n } × { $what }
services-people =
    { $n ->
        [one] شخص واحد
        [two] شخصان
        [few] { $n } أشخاص
       *[other] { $n } شخصًا
    }
services-pieces =
    { $n ->
        [one] قطعة واحدة
        [two] قطعتان
        [few] { $n } قطع
       *[other] { $n } قطعة
    }
services-by = آخر يوم ينفع
services-takes = تأخذ كل قطعة
services-each-of = { $time } من الآلات
services-stands = الحال
services-met = موعود { $promised }، تم { $done }، ما زال مطلوبًا { $wanted }
services-promises = الموعود
services-suggested = من يمكنه أن يفعله
services-days-span = { $from } إلى { $until }، في { $n } أيام
services-on-day = { $day } ({ $what })
services-provider-of = { $provider } في { $place }
services-way = على بعد { $way }
services-theirs = يمكن لـ{ $place } أن يعد بهذا.
services-promise = الوعد بهذا
services-more = المزيد عنه
services-done-for = تم لـ{ $what }
services-made = حُسب
services-stays-open = لا أحد يمكنه هذا بعد: { $what }.
services-why-nobody = لا يُعرف أحد يفعله.
services-why-no-way = لا طريق مفتوح إلى من يفعله.
services-why-too-late = مضى آخر يوم ينفع.
services-why-full = من يفعله ممتلئ حتى ذلك اليوم.
services-change = تغيير هذا الطلب أو إغلاقه
services-ours = ما نفعله للآخرين
services-ours-none = لم يُكتب شيء لنا بعد.
services-others =
    { $n ->
        [one] مستشفى أو ورشة في مجتمع آخر
        [two] مستشفيان أو ورشتان في مجتمعات أخرى
        [few] { $n } مستشفيات وورش في مجتمعات أخرى
       *[other] { $n } مستشفى وورشة في مجتمعات أخرى
    }
services-who = من
services-does = ما يفعله
services-per-day = في اليوم
services-free = المتاح في ٧ أيام
services-change-offer = تغيير
services-stage-promised = موعود
services-stage-taken = متفق عليه
services-stage-declined = لم يؤخذ
services-stage-withdrawn = سُحب
services-stage-done = تم
services-stage-lapsed = لم يعد قائمًا
services-reason-enough = يوجد ما يكفي
services-reason-not-suited = لا يناسب المطلوب
services-reason-not-able = لا يمكن فعله
services-ask = طلب رعاية أو قطع
services-ask-lead = قل ماذا ولكم وحتى متى. تراه كل المجتمعات. لا تكتب أبدًا من هو.
services-offer = قل ما نفعله للآخرين
services-offer-lead = قل فقط ما يبقى بعد رعاية ناسكم. لا وعد بذلك.
services-save = حفظ
services-kind = أي نوع
services-kind-care = رعاية ناس
services-kind-making = صنع قطع
services-word = كلمته
services-word-hint = كلمة قصيرة بحروف لاتينية، مثل hospital أو lathe-2. لا يُكتب اسم شخص أبدًا.
services-word-there = توجد كلمة كهذه من قبل. اختر كلمة أخرى، أو غيّر تلك.
services-where = أين
services-for = لمن
services-when = متى
services-what = ماذا
services-what-hint = كلمة واحدة بحروف لاتينية، مثل surgery أو pump-seal.
services-does-hint = كلمات بحروف لاتينية بينها فواصل، مثل surgery, births.
services-per-day-hint = الرعاية: كم شخصًا جديدًا. الصنع: دقائق الآلات.
services-per-day-missing = قل كم في اليوم.
services-count = لكم
services-count-hint = ناس أو قطع.
services-each = دقائق الآلات لكل قطعة
services-each-hint = للقطع فقط.
services-number-missing = اكتب عددًا.
services-close-offer = لا يفعل شيئًا للآخرين بعد الآن
services-close-offer-lead = لا يُقترح ولا يُوعد به بعد الآن. الموعود يبقى حتى يُسحب.
services-close-ask = لا طلب بعد الآن
services-promise-title = رعاية أو عمل موعود
services-number = رقم الوعد
services-between = أخبروا البيت الآخر بأنفسكم من يأتي، بهذا الرقم. لا يحفظ koinon أسماءهم.
services-take = نعم، من فضلكم
services-decline = لا، شكرًا
services-withdraw = سحب الوعد
services-done = تم
services-all-done = تم كله
services-done-count = لكم تم
services-ask-stand =
    { $n ->
        [one] يوجد وعد قائم، ويبقى حتى يُسحب. هل هذا صحيح مع ذلك؟
        [two] يوجد وعدان قائمان، ويبقيان حتى يُسحبا. هل هذا صحيح مع ذلك؟
        [few] توجد { $n } وعود قائمة، وتبقى حتى تُسحب. هل هذا صحيح مع ذلك؟
       *[other] يوجد { $n } وعدًا قائمًا، وتبقى حتى تُسحب. هل هذا صحيح مع ذلك؟
    }
services-ask-enough = وُعد من قبل بكل ما يُطلب. هل تعد بهذا أيضًا؟
services-ask-not-taken = لم يقل أحد نعم لهذا الوعد بعد، بقدر ما يُعرف هنا. هل تم مع ذلك؟
services-ask-nobody = لا يُعرف هنا أحد يفعل { $what }. هل الكلمة صحيحة؟ هل تطلبه مع ذلك؟
services-no-provider = لا يوجد هنا { $provider } يفعل شيئًا للآخرين. اكتب أولًا ما يفعله.
services-no-ask = لا يطلب { $place } شيئًا كهذا، بقدر ما يُعرف هنا. انظر مرة أخرى بعد التبادل القادم.
services-ask-over = لم يعد هذا مطلوبًا. اطلبه من جديد.
services-not-soon = آخر يوم ينفع يجب أن يكون من { $first } إلى { $last }.
services-not-its-work = لا يفعل { $provider } { $what }.
services-no-way = لا طريق مفتوح من { $from } إلى { $to }.
services-count-range = اكتب عددًا من 1 إلى { $most }.
services-wrong-day = لا يمكن الوعد بـ{ $day }. اختر أيامًا من { $first } إلى { $last }، كل يوم مرة.
services-days-sum = مجموع الأيام { $found }، والمطلوب { $asked }. اختر أيامًا أخرى.
services-day-full = في { $day } بقي { $free } فقط. عِد بأقل، أو بيوم آخر.
services-full = حتى { $by } يوجد مكان لـ{ $room }. عِد بهذا العدد أو بأقل.
services-wrong-stage = لا يمكن هذا الآن. الوعد: { $stage }.
services-more-than-promised = لا يمكن فعل أكثر مما وُعد به. اكتب { $most } على الأكثر.
services-services-range = اكتب من 1 إلى { $most } كلمات لما يفعله.
services-twice = تكرر { $what }. اترك واحدًا.
services-per-day-range = اكتب عددًا من 0 إلى { $most }.
services-each-range = اكتب دقائق من 1 إلى { $most }.
services-total-range = هذه دقائق كثيرة جدًا. اطلب { $most } على الأكثر، أو اجعلها طلبين.
did-ask-service = طلب { $who } رعاية أو قطعًا
did-promise-service = وعد { $who } { $other } برعاية أو عمل
did-take-service = قال { $who } نعم لما وعد به { $other } من رعاية أو عمل
did-do-service = فعل { $who } ما وعد به من رعاية أو عمل
services-too-many = هذا أكثر مما يُطلب بـ{ $what }: قل لا لبعضه.
services-does-missing = قل شيئًا واحدًا على الأقل مما يفعله.
services-each-missing = قل كم دقيقة من الآلات تأخذ كل قطعة.
services-ask-is-care = يُعرض { $what } كرعاية ناس، لا كصنع قطع. هل هو صحيح كما كتبته؟
services-ask-is-making = يُعرض { $what } كصنع قطع، لا كرعاية ناس. هل هو صحيح كما كتبته؟
services-ask-below = توجد وعود لـ{ $n } قائمة أو منجزة، ولا تناسب ما تكتبه الآن: عدد أقل أو يوم أسبق. هل هذا صحيح؟
services-ask-minutes =
    { $n ->
        [one] دقيقة واحدة من الآلات في اليوم قليلة جدًا. هل تقصد دقائق؟
        [two] دقيقتان من الآلات في اليوم قليل جدًا. هل تقصد دقائق لا ساعات؟
        [few] { $n } دقائق من الآلات في اليوم قليلة جدًا. هل تقصد دقائق لا ساعات؟
       *[other] { $n } دقيقة من الآلات في اليوم قليلة جدًا. هل تقصد دقائق لا ساعات؟
    }
services-other-ask = وُعد بشيء لهذا الطلب. أغلقه واطلب الشيء الآخر من جديد.
services-other-work = وعود { $provider } قائمة، فيبقى ما هو. اكتب العمل الآخر بكلمة أخرى.
services-ask-end =
    { $n ->
        [one] يوجد وعد قائم لهذا الطلب، ولا يبقى قائمًا بعدها. هل توقف الطلب مع ذلك؟
        [two] يوجد وعدان قائمان لهذا الطلب، ولا يبقيان بعدها. هل توقف الطلب مع ذلك؟
        [few] توجد { $n } وعود قائمة لهذا الطلب، ولا تبقى بعدها. هل توقف الطلب مع ذلك؟
       *[other] يوجد { $n } وعدًا قائمًا لهذا الطلب، ولا تبقى بعدها. هل توقف الطلب مع ذلك؟
    }
did-decline-service = قال { $who } لا لما وعد به { $other } من رعاية أو عمل
did-close-service = لم يعد { $who } يطلب بعض الرعاية أو القطع
