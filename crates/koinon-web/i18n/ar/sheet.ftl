sheet-title = ورقة العدّ
sheet-enter = إدخال ورقة معبأة
sheet-how = اكتب ما تراه وضع علامة وتابع. السطور الفارغة لما ليس في القائمة.
sheet-day = يوم العدّ
sheet-who = عدّه
sheet-code = امسح لإدخال هذه الورقة
sheet-done = تم
sheet-unit = الوحدة
sheet-more = ليس في القائمة
sheet-new-line = السطر { $n }
sheet-amount-hint = مع وحدتها، مثل ‎75 kg.
sheet-item-missing = اختر الصنف.
sheet-nothing = الورقة فارغة. املأ سطرًا واحدًا على الأقل.
sheet-save = دوّن الورقة
sheet-enter-lead = املأ ما على الورقة واترك الباقي فارغًا. تؤخذ كاملة أو لا تؤخذ.
sheet-written = دُوّن. السطور: { $n }
labels-title = ملصقات الرفوف
labels-lead = اطبعها وألصقها وامسحها عند العدّ.

# Files
import-title = عدّ من ملف
import-lead = ترى أولًا ما سيدوّنه الملف صفًا صفًا. لا يُدوَّن شيء قبل أن توافق.
import-file = جدول CSV أو xlsx
import-hint = حتى { $size } ميبيبايت و{ $rows } صف.
import-look = انظر إليه
import-columns-title = ما يحتاجه الملف
import-columns = يسمّي الصف الأول الأعمدة: لا بد من item وamount، ومن store إن كنت تعدّ في أكثر من مخزن؛ ويمكن أن يوجد unit وbatch وexpires. تصلح الفواصل والفواصل المنقوطة وعلامات الجدولة، والفاصلة أو النقطة العشرية.
import-example = مثال
import-gone = هذا الملف لم يعد في الانتظار. أرسله مرة أخرى.
import-empty = الملف فارغ.
import-too-large = الملف أكبر من { $size } ميبيبايت. قسّمه.
import-too-many = في الملف أكثر من { $rows } صف. قسّمه.
import-no-table = هذا ليس جدول CSV ولا xlsx. احفظه بإحدى الصيغتين وأرسله مرة أخرى.
import-no-column = لا عنوان في الصف الأول لـ: { $names }.
import-bad-store = «{ $found }» ليس من المخازن التي يمكنك العدّ فيها.
import-bad-item = «{ $found }» ليس في قائمة الأصناف.
import-like-item = «{ $found }» ليس في قائمة الأصناف. أهو { $like }؟
import-twice = الدفعة نفسها موجودة في السطر { $line }.
import-decimal = علامة الكسر العشري
import-decimal-seen = كما يظهر في الملف
import-decimal-point = نقطة: 1,250.5
import-decimal-comma = فاصلة: 1.250,5
import-unit = الوحدة
import-nothing = لا شيء مكتوب هنا.
import-two-readings = يمكن قراءة «{ $found }» بطريقتين. اختر علامة الكسر العشري، أو اكتبه بلا فواصل آلاف.
import-too-wide = هناك أكثر من { $columns } عمودًا. احذف الأعمدة الأخرى.
import-too-full = الخلايا كثيرة جدًا. قسّم الملف أو احذف بعض الأعمدة.
import-column-twice = أكثر من عمود بهذا العنوان: { $name }. أبقِ واحدًا منها.
import-long-cell = خلية أطول من { $most } بايت. ابحث عن علامة اقتباس لم تُغلق.
import-many-cells = { $cells } خلايا تحت { $heads } عناوين. ضع النص الذي يحوي الفاصل بين علامتي اقتباس.
import-open-quote = علامة اقتباس لم تُغلق. أغلقها أو اكتبها مرتين.
import-line = السطر { $line }، { $item }
import-line-head = السطر
import-row = الصف
import-fault = ما ينبغي تصحيحه
import-preview = هذا ما يقوله الملف
import-preview-lead = راجعه. لم يُدوَّن شيء بعد.
import-questions = هذه تبدو غير معتادة. إن كانت صحيحة فتابع.
import-confirm =
    { $n ->
        [one] تدوين صف واحد
        [two] تدوين صفين
        [few] تدوين { $n } صفوف
       *[other] تدوين { $n } صفًا
    }
import-other-file = اختر ملفًا آخر
import-sound = صفوف سليمة
import-bad = صفوف للتصحيح
import-bad-title = صفوف للتصحيح
import-bad-lead = هذه مستبعدة. صحّحها في الملف وأرسلها وحدها.
import-bad-file = نزّل هذه الصفوف فقط
import-sound-title = صفوف ستُدوَّن
import-and-more = و{ $n } أخرى.
import-left-out = استُبعد: { $n }
import-done = الصفوف المدوَّنة: { $n }
