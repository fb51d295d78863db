# What every act shares
acts-no-community = Este ordenador guarda una copia de seguridad y no escribe para ninguna comunidad. Abre el ordenador de tu comunidad.
acts-stale-form = Este formulario es de una página anterior. Abre la página de nuevo y envíalo otra vez.
acts-needs-tls = Desde otro dispositivo esto solo funciona con una conexión protegida. Abre la dirección que empieza por https.
acts-cannot-write = Ahora mismo no se puede anotar nada. Tu entrada no se guardó; anótala en papel e inténtalo otra vez. La persona responsable ve la causa en la página de operación.
acts-not-written = No se anotó nada.
acts-mend = Corrige esto; aún no se anotó nada.
acts-done = Anotado. Gracias.
acts-take-back = Corregir o retirar
ask-title = ¿Es correcto?
ask-never-blocks = Si es correcto, di que sí y se anotará tal cual.
ask-yes = Sí, es correcto
ask-no = No, cambiarlo
choose = Elige
unit-pack = { $name } ({ $amount })
unit-dozen = docena
unit-days = días
amount-of = { $amount } de { $item }
batch = Lote
batch-named = Lote { $mark }
batch-unnamed = Marca { $mark }
batch-no-date = sin fecha
batch-good-until = bueno hasta el { $day }

# How a figure was found
how-found = ¿Cómo se supo?
how-other = Por teléfono, de un papel o de otro día
how-day = ¿Qué día?
how-day-hint = Déjalo vacío si es ahora.
method-counted = contado o pesado
method-estimated = estimado
method-metered = leído en un contador
method-paper = de una hoja de papel
method-told = dicho por teléfono

# Faults of fields
field-bad-day = «{ $found }» no es un día. Escríbelo así: 2027-03-31.
field-day-missing = Elige un día.
field-bad-mark = «{ $found }» no es un número impreso. Usa hasta 20 letras, cifras y - . / _
field-bad-number = «{ $found }» no es un número entero hasta { $most }.
field-reason-missing = Di por qué.
field-choice-missing = Elige una opción.
amount-no-number = Escribe cuánto, por ejemplo 250 kg.
amount-two-readings = «{ $found }» puede leerse de dos maneras: { $one } o { $other }. Para lo primero añada un cero al final del número; para lo segundo quite el signo.
amount-bad-number = «{ $found }» se puede leer de dos maneras. Escríbelo sin separar miles, como 1250,5.
amount-unknown-unit = «{ $found }» no es una unidad aquí. Usa una de estas: { $allowed }.
amount-wrong-unit = «{ $found }» mide otra cosa; esto se cuenta en { $expected }.
amount-too-fine = { $found } es más fino que una unidad de { $unit }, lo mínimo que se guarda.
amount-too-large = Esta cantidad es mayor de lo que cabe en el libro de existencias. Revisa la unidad.
amount-mixed = Estas cantidades miden cosas distintas.
amount-nobody = No hay entre quién repartirlo.

# Questions
question-unusual = ¿De verdad { $entered }? La última vez fueron { $last }.
question-below-zero = El libro de existencias solo conoce { $there }, y saldrían { $taken }. ¿Es correcto?
question-below-floor = Quedarían { $remains }, menos que lo que guardamos ({ $keep }). ¿Enviarlo igualmente?
question-past-date = El último día bueno fue el { $day }. ¿Es correcto?
question-like-last = Lo mismo se anotó a las { $time }: { $amount }. ¿Es otra vez más?
question-in-future = El { $day } aún no ha llegado. ¿Es correcto?
question-already-there = Ya hay aquí un lote con este número y esta fecha, con { $there } según el libro. ¿Es otro? Si es el mismo, vuelva y cuente aquel.
question-long-need = ¿De verdad { $entered }? Es lo que toda la comunidad necesita en { $days } días.
question-more-than-held = ¿De verdad { $offered }? El libro de existencias conoce { $there }.

# Why it is not written down
refusal-wrong-permit = El permiso no alcanza para esto. Abre la página de nuevo.
refusal-no-store = No hay ningún almacén «{ $store }» en esta comunidad. Elige uno de los suyos.
refusal-no-item = La lista de artículos no tiene «{ $item }». Elige uno de ella.
refusal-no-place = No hay ningún lugar «{ $place }» en la región.
refusal-no-batch = Este lote no está en nuestro libro de existencias. Elige uno o cuéntalo primero.
refusal-no-entry = Este lote no tiene esa entrada.
refusal-of-transfer = Esta entrada viene de un envío. Corrige allí la carga o la llegada.
refusal-no-transfer = Aún no se sabe aquí de este envío. Espera al próximo intercambio con quien da.
refusal-no-load = Este envío no tiene esa carga.
refusal-no-objection = Aquí no tenemos ninguna objeción abierta.
refusal-not-stated = Nuestra comunidad no ha dicho esto.
refusal-no-line = No hay línea { $line }.
refusal-wrong-unit = { $item } se cuenta en { $expected }, no en { $found }.
refusal-not-positive = La cantidad debe ser mayor que cero.
refusal-negative = La cantidad no puede ser menor que cero.
refusal-wrong-reason = «{ $reason }» no es un motivo para esto. Elige otro.
refusal-not-enough = De { $item } solo se pueden dar { $available }, pero se piden { $wanted }. Lo retenido o apartado no cuenta.
refusal-wrong-state = No se puede hacer ahora; el envío está en: { $status }.
refusal-over-load = Línea { $line }: hay { $reserved } apartado, así que no se puede cargar { $wanted }.
refusal-does-not-add-up = Línea { $line }: llegado, rechazado y faltante suman { $found }, pero se cargó { $loaded }. Pon el resto en lo que falta.
refusal-reason-missing = Línea { $line }: di por qué algo se rechazó o falta. «Aún no se sabe» es una respuesta.
refusal-same-hand = Lo cargaste tú. La carga y la llegada las confirman personas distintas; pídeselo a otra.
refusal-same-person = Tú empezaste este envío. Debe aceptarlo otra persona.
refusal-not-ours = Solo { $place } puede hacer esto.
refusal-to-itself = { $place } no puede enviarse a sí misma. Muévelo a otro almacén.
refusal-nothing = No hay nada elegido. Di al menos una cosa y cuánto.
refusal-too-many-lines = { $n } líneas son demasiadas para un papel; caben { $max }.
refusal-day-order = El { $day } es anterior al { $other }. Elige un día posterior.
refusal-region = El archivo de la región tiene fallos: { $n }. Revísalo primero.
refusal-text-too-long = El texto tiene { $n } caracteres; caben { $max }.
refusal-codes-missing =
    { $n ->
        [one] Al archivo de la región le falta algo
       *[other] Al archivo de la región le faltan { $n } cosas
    } que el libro nombra: { $codes }. Los códigos son para siempre: devuelva cada uno como estaba, y ponga a la comunidad que se va el día en que se va.
refusal-admitted = Ya se sabe que este ordenador habla por { $place }.

# Why somebody may not
denied-no-grant = No tienes aquí ninguna tarea que te permita { $action }. Pídesela a una persona responsable de { $place }.
denied-role = Como { $role } no puedes { $action }. Pídeselo a: { $others }.
denied-place = Tu tarea de { $role } es para { $here }, no para { $there }. Pídeselo a alguien de allí o a una persona responsable.
denied-revoked = Tu tarea de { $role } para { $here } se retiró ({ $reason }). Habla con una persona responsable.
denied-expired = Tu tarea de { $role } para { $here } terminó el { $day }. Pide a una persona responsable que la renueve.
denied-future = Tu tarea de { $role } para { $here } empieza el { $day }. El reloj de este equipo dice { $today }: si no es hoy, pide a quien lo administra que ponga el reloj en hora. Si no, espera un poco o habla con una persona responsable.
denied-cap = { $asked } de { $item } es más que lo que permite tu tarea de una vez ({ $max }). Anota menos o habla con una persona responsable.
denied-unstated = Tu tarea solo permite cantidades limitadas. Di cuánto y de qué.
denied-rule = Una regla acordada no puede { $action }; debe decidirlo una persona.
action-count = anotar un recuento
action-record-entry = anotar una entrada
action-correct = corregir una entrada
action-open-batch = anotar un lote nuevo
action-hold-recall = retener o retirar un lote
action-state-need = decir una necesidad
action-close-need = cerrar una necesidad
action-make-offer = hacer una oferta
action-commit = prometer existencias
action-approve-commit = aceptar como segunda persona
action-accept = aceptar una promesa
action-refuse = rechazar una promesa
action-object = objetar
action-settle-objection = resolver una objeción
action-dispatch = despachar un envío
action-confirm-receipt = confirmar lo que llegó
action-withdraw = retirar una promesa
action-divert = dar noticias de una carga
action-adopt-region = adoptar un archivo de región
action-grant = dar una tarea a alguien
action-revoke = retirar una tarea
action-confirm-restore = confirmar datos restaurados
action-read-amounts = ver cantidades
action-read-concerned = ver lo que solo ven las personas afectadas
action-read-people = ver quién tiene qué tarea
action-manage-node = llevar el ordenador de la comunidad
action-read-bands = ver si hay suficiente

# Reasons
reason-harvested = cosechado o recogido
reason-made = hecho aquí
reason-born = nacido
reason-opening = ya estaba al empezar
reason-gift-in = regalo de fuera
reason-purchase-in = comprado fuera
reason-loan-in = prestado de fuera
reason-found = encontrado
reason-other-in = entró por otro motivo
reason-consumed = usado aquí
reason-handed-out = repartido a la gente
reason-sown = sembrado
reason-fed = dado a los animales
reason-used-to-make = usado para hacer otra cosa
reason-slaughtered = sacrificado
reason-died = murió
reason-spoiled = se echó a perder
reason-expired = pasado de fecha
reason-damaged = roto
reason-cold-chain = se calentó demasiado
reason-stolen = robado
reason-lost = perdido
reason-pests = comido por plagas
reason-destroyed = retirado y destruido
reason-aid-out = dado a vecinos de fuera
reason-loan-returned = devuelto a quien lo prestó
reason-other-out = salió por otro motivo
reason-moved-out = pasado a otro almacén
reason-moved-in = traído de otro almacén
reason-not-known-yet = aún no se sabe
reason-not-needed = ya no hace falta
reason-no-room = no hay sitio
reason-no-transport = sin vehículo o conductor
reason-needed-here = hace falta aquí
reason-wrong-item = no es lo acordado
reason-short-dated = demasiado cerca de la fecha
reason-figures-doubted = las cifras son dudosas
reason-others-first = otros lo necesitan más
reason-recall = el lote se retira
reason-quarantine = a la espera de una prueba
reason-entry-error = una entrada equivocada
reason-route-closed = el camino está cerrado
reason-sent = cargado para un envío
reason-arrived = llegó con un envío
reason-came-back = volvió
reason-excess = llegó más de lo cargado

# Groups
group-food = Comida
group-water = Agua
group-medicine = Medicinas
group-hygiene = Higiene
group-shelter = Refugio
group-fuel = Combustible
group-energy = Electricidad
group-seed = Semillas
group-feed = Pienso
group-animal = Animales
group-tool = Herramientas

# When nothing can be written
cannot-old-data = Este ordenador arrancó con datos que pueden ser antiguos. No promete nada hasta preguntar a { $n } vecinos más o hasta que una persona responsable confirme que no falta nada. Sí se pueden anotar recuentos y llegadas.
cannot-other = Este formulario ya se usó para otra entrada. Ábrelo de nuevo, para que nada se anote dos veces ni se pierda.
cannot-disk = El disco del ordenador está casi lleno y no se anota nada nuevo. Lo anotado está a salvo. Pide a la persona responsable que haga sitio.
cannot-too-large = Es demasiado para una sola entrada. Divídelo en dos.
cannot-busy = Hay demasiadas entradas esperando. Inténtalo en un momento.
cannot-closed = Este ordenador se está apagando. Inténtalo cuando vuelva.
refusal-no-route = No hay ninguna ruta «{ $route }» en la región.
refusal-not-our-route = La ruta { $route } no termina aquí. Pregunte a uno de sus extremos.
refusal-not-our-place = { $place } está a cargo de otra comunidad. Solo ella dice lo que da.
refusal-pause-too-long = Elija un día del { $first } al { $last }.
pause-how-long = Ahora no, y por cuánto tiempo
pause-title = Ahora no
pause-line = { $place } no da { $item } hasta el { $day }. Se pregunta a otras comunidades.
pause-take-back = Volver a dar
action-state-route = cerrar o abrir una ruta
