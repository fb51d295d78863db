# A quién se oyó y cuándo, y si todo cuadra.
touch-all =
    { $n ->
        [one] La comunidad está en contacto
       *[other] Las { $n } comunidades están en contacto
    }
touch-some = { $part } de { $all } comunidades están en contacto
touch-lead =
    { $n ->
        [one] En contacto quiere decir: con noticias en el último día.
       *[other] En contacto quiere decir: con noticias en los últimos { $n } días.
    }
touch-who = A quién se oyó y cuándo
touch-heard = Últimas noticias
touch-now = Ahora
touch-in-touch = en contacto
touch-silent = sin noticias
touch-here = aquí
touch-oldest = Cifra más antigua
touch-last-count = Último conteo
touch-same = Mismo archivo de región
touch-yes = sí
touch-other-region = otro
adds-up-yes = Sí, todo cuadra
adds-up-no =
    { $n ->
        [one] { $n } suma no cuadra
       *[other] { $n } sumas no cuadran
    }
adds-up-lead = Se acaban de hacer { $n } sumas, cada una hasta el último gramo, mililitro o pieza.
adds-up-how = Lo que entró, menos lo que salió, debe ser lo que hay en las partidas. Lo enviado debe haber llegado, haber vuelto, haberse perdido por una razón dicha o seguir en camino.
adds-up-below-zero = En estas partidas salió más de lo que se sabía que había. No se cambió nada; alguien debería mirarlo.
adds-up-books = Entró, salió, hay ahora
adds-up-members = Las sumas de cada cosa se muestran a los miembros que inician sesión.
adds-up-nothing = Todavía no hay nada que sumar
adds-up-nothing-yet = En cuanto se cuente algo, sus sumas estarán aquí.
adds-up-roads = En las rutas de toda la región
adds-up-roads-how = Enviado = llegado + devuelto + perdido + en camino.
adds-up-came-in = Entró
adds-up-arrived = Llegó de otros
adds-up-used = Usado y entregado
adds-up-lost = Perdido
adds-up-sent = Enviado
adds-up-counts = Hallado al contar
adds-up-now = Hay ahora
adds-up-verdict = ¿Cuadra?
adds-up-ok = sí
adds-up-off = diferencia de
roads-sent = Enviado
roads-arrived = Llegado
roads-back = Devuelto
roads-lost = Perdido
roads-going = En camino
touch-no-line = ¿No hay línea con alguien?
copies-title = Copias
copies-is-copy =
    { $n ->
        [one] Esta computadora guarda una copia de seguridad de { $n } comunidad
       *[other] Esta computadora guarda una copia de seguridad de { $n } comunidades
    }
copies-all-held =
    { $n ->
        [0] Ninguna otra computadora ha dicho todavía que guarda todo nuestro registro
        [one] { $n } computadora más guarda todo nuestro registro
       *[other] { $n } computadoras más guardan todo nuestro registro
    }
copies-here-only =
    { $n ->
        [one] De { $n } anotación nadie más ha dicho todavía que la guarda
       *[other] De { $n } anotaciones nadie más ha dicho todavía que las guarda
    }
copies-lead = Lo que se pierde con una computadora vuelve de quienes guardan una copia. Los demás dicen qué guardan con cada intercambio, así que esto puede tener unos minutos. Lo que nadie más guarda sale con el próximo intercambio o archivo para llevar.
copies-lead-copy = No escribe nada por nadie y puede hacerse de nuevo desde las comunidades. Cada comunidad recupera aquí su propio registro después de una pérdida.
copies-whose = Computadora de
copies-kept-here = Sus anotaciones guardadas aquí
copies-exchanged = Último intercambio
copies-of-ours = Nuestras anotaciones guardadas allí
copies-all = todas
copies-sure = ¿Está completo?
copies-ours = Anotaciones nuestras que otros guardan o pueden guardar
copies-verified = Todo lo de aquí se comprobó por última vez
copies-not-yet = todavía no desde el arranque
copies-how = Cada anotación se comprueba con la firma de quien la escribió después de cada arranque y una vez por semana. koinon check lo hace en el acto.
